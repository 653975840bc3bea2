import { formatDuration } from "../domain/duration.ts";
import { formatTarget } from "../domain/target.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { requireConfig, withFile } from "./load-config.ts";
import { requireWatched } from "./open-watched.ts";
import { printable } from "./printable.ts";
import { namesBy, requestJson } from "./request-words.ts";
import { readStanding, type Standing } from "./standing.ts";

export type ApprovalsOptions = { readonly json?: true; readonly config?: string };

const MOST = 200;

/** `oomph approvals`: what waits for somebody's word. It is given in Slack. */
export async function approvals({ json, config: file }: ApprovalsOptions, io: Io): Promise<ExitCode> {
  const config = requireConfig(withFile(await io.sources(), file));
  const store = await requireWatched(config);
  try {
    const nowMs = Date.now();
    const pending = (await store.requests.list({ states: ["pending"], limit: MOST })).filter(({ expiresAtMs }) => expiresAtMs > nowMs);
    const waiting = await Promise.all(pending.map(({ id }) => readStanding(store, id)));
    if (json === true) {
      const requests = waiting.map((one) => requestJson({ ...one, next: undefined, link: undefined, channel: undefined }));
      io.out(`${JSON.stringify({ kind: "approvals", waiting: requests }, null, 2)}\n`);
    } else {
      const name = namesBy(config.logins);
      io.out(
        waiting.length === 0 ? "Nothing waits for approval.\n" : printable(waiting.map((one) => entry(one, { nowMs, name })).join("\n")),
      );
    }
    return EXIT.ok;
  } finally {
    await store.close();
  }
}

type Saying = { readonly nowMs: number; name(userId: string): string };

function entry({ request, decisions }: Standing, { nowMs, name }: Saying): string {
  const { id, actionId, target, plan, policy, requestedBy, expiresAtMs, reason } = request;
  const given = decisions.filter(({ kind }) => kind === "approve").length;
  return [
    `${id}  ${actionId} on ${formatTarget(target)}`,
    `  ${plan.summary}`,
    ...(reason === undefined ? [] : [`  “${reason}”`]),
    `  asked for by ${name(requestedBy)}; ${given} of ${policy.approvalsNeeded} approvals, from ${policy.approvers.map(name).join(" or ")}; expires in ${formatDuration(expiresAtMs - nowMs)}`,
    "",
  ].join("\n");
}
