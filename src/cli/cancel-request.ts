import { cancel } from "../incidents/cancel.ts";
import { STATE_WORDS } from "../messages/request-card.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { printable } from "./printable.ts";
import { openRequestDesk, serviceConfig } from "./request-desk.ts";
import { readStanding } from "./standing.ts";
import { whoAsks } from "./who-asks.ts";

export type CancelOptions = { readonly requestId: string; readonly json?: true; readonly config?: string };

/** `oomph cancel <request>`: takes one's own request back before anything was done. Needs no process to run: it can only prevent. */
export async function cancelRequest({ requestId, json, config: file }: CancelOptions, io: Io): Promise<ExitCode> {
  const config = serviceConfig(await io.sources(), file);
  const answer = (kind: "cancelled" | "refused", says: string): ExitCode => {
    if (json === true) io.out(`${JSON.stringify({ kind, id: requestId, says }, null, 2)}\n`);
    else if (kind === "cancelled") io.out(printable(`${says}\n`));
    if (kind === "refused") io.err(printable(`oomph: refused: ${says}\n`));
    return kind === "cancelled" ? EXIT.ok : EXIT.refused;
  };
  const who = whoAsks(config.logins);
  if (who.kind === "unknown") return answer("refused", who.because);
  const desk = await openRequestDesk(config, io);
  try {
    const { request } = await readStanding(desk.desk.store, requestId);
    const cancelled = await cancel(desk.desk, { requestId, userId: who.userId });
    if (cancelled.kind === "cancelled") return answer("cancelled", `Cancelled: ${request.plan.summary}. Nothing has been changed.`);
    if (cancelled.kind === "refused") return answer("refused", `${cancelled.because} (${desk.name(request.requestedBy)} asked)`);
    const state = cancelled.kind === "too-late" ? cancelled.state : request.state;
    return answer("refused", `too late to cancel it: ${STATE_WORDS[state].title.toLowerCase()}`);
  } finally {
    await desk.close();
  }
}
