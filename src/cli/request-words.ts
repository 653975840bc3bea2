import type { Action } from "../actions/action.ts";
import type { ActionRequest, Decision, RequestState, Run } from "../domain/action-request.ts";
import { counted } from "../domain/count.ts";
import { dashed } from "../domain/dashed.ts";
import type { Json } from "../domain/json.ts";
import type { Proposed, Verification } from "../domain/plan.ts";
import { formatTarget } from "../domain/target.ts";
import { stateWords } from "../messages/request-card.ts";
import { shellWord } from "./shell-word.ts";
import type { Standing } from "./standing.ts";
import { table } from "./table.ts";

export type Naming = { /** A person, in words. */ name(userId: string): string };

/** `U0BOB (bob)`: ids are what Slack goes by, logins what people at a command line do. */
export function namesBy(logins: ReadonlyMap<string, string>): Naming["name"] {
  return (userId) => {
    const own = [...logins].flatMap(([login, id]) => (id === userId ? [login] : []));
    return own.length === 0 ? userId : `${userId} (${own.join(", ")})`;
  };
}

/** `2026-11-22 06:51:02 UTC` */
export function clockWords(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** Who asked, who may approve, until when. */
export function askedWords({ request }: Pick<Standing, "request">, { name }: Naming): readonly string[] {
  const { id, incidentId, requestedBy, shell, policy, expiresAtMs, plan } = request;
  const from = shell === undefined ? "" : `, from ${shell.login} on ${shell.host}`;
  const others = policy.approvers.filter((id) => id !== requestedBy).map(name);
  const alone = policy.breakGlass ? ", or the glass broken" : "";
  return [
    `Asked for by ${name(requestedBy)}${from}: request ${id}, incident ${incidentId}.`,
    `Needs ${counted(policy.approvalsNeeded, "approval")} from ${others.join(" or ")}${alone}, by policy "${policy.name}"; nobody approves their own request.`,
    ...(plan.confirm === undefined ? [] : [`Whoever approves types "${plan.confirm}" to confirm.`]),
    `Expires ${clockWords(expiresAtMs)}; then it counts as no.`,
  ];
}

const WORDS: Readonly<Record<Decision["kind"], string>> = {
  approve: "Approved by",
  deny: "Denied by",
  "break-glass": "Glass broken by",
};

/** `Approved by U0BOB (bob), 1 of 2` */
export function decisionWords(decision: Decision, { request, decisions, name }: Pick<Standing, "request" | "decisions"> & Naming): string {
  const { approvalsNeeded } = request.policy;
  const approvals = decisions.filter(({ kind }) => kind === "approve");
  const nth = decision.kind === "approve" && approvalsNeeded > 1 ? `, ${approvals.indexOf(decision) + 1} of ${approvalsNeeded}` : "";
  const reason = decision.reason === undefined ? "" : `: “${decision.reason}”`;
  return `${WORDS[decision.kind]} ${name(decision.userId)}${nth}${reason}`;
}

/** How it ended, with before and after, and what can be done now. */
export function endedWords({ request, run }: Standing, next: Proposed | undefined): string {
  const says = run?.verification?.says ?? request.outcome ?? "";
  const lines = [
    `${stateWords(request).title}: ${says}`,
    ...(run?.observation === undefined || run.observation.says === request.outcome ? [] : [`Seen on the target: ${run.observation.says}`]),
    ...whatNow(request, run),
    ...measured(run?.verification),
    ...(next === undefined ? [] : [`Way back: ${commandFor(next, request)}`]),
  ];
  return `${lines.join("\n")}\n`;
}

function whatNow(request: ActionRequest, run: Run | undefined): readonly string[] {
  const { state, supersededBy } = request;
  if (state === "ineffective") return [`It did not help. How it is now: oomph investigate ${formatTarget(request.target)}`];
  if (state === "unknown")
    return ["Look at the target before anybody asks again: Oomph does not know whether this was done, and does not try twice."];
  const untouched = run?.begunAtMs === undefined && !DONE.has(state) ? ["Nothing has been changed."] : [];
  return supersededBy === undefined ? untouched : [...untouched, `What took its place: oomph follow ${supersededBy}`];
}

const DONE: ReadonlySet<RequestState> = new Set(["succeeded", "ineffective"]);

function measured(verification: Verification | undefined): readonly string[] {
  const rows = verification?.rows ?? [];
  if (rows.length === 0) return [];
  const cells = rows.map(({ what, before, after, ok }) => [ok ? "✓" : "!", what, before, after]);
  return ["", table([["", "", "Before", "After"], ...cells]), ""];
}

/** What undoes, or puts right, what was done; as the thread's button would ask for it. */
export function nextStep(action: Pick<Action, "wayBack" | "repair"> | undefined, { request, run }: Standing): Proposed | undefined {
  if (action === undefined || run?.begunAtMs === undefined) return undefined;
  const [plan, facts] = [run.plan ?? request.plan, { ...run, begunAtMs: run.begunAtMs }];
  if (DONE.has(request.state)) return action.wayBack(plan, facts);
  return run.observation === undefined || run.observation.kind === "not-done" ? undefined : action.repair?.(plan, facts);
}

/** The command line that asks for it. */
export function commandFor({ actionId, params }: Proposed, { target }: Pick<ActionRequest, "target">): string {
  const typed = Object.entries(params).map(
    ([name, value]) => `--${dashed(name)} ${shellWord(typeof value === "string" ? value : JSON.stringify(value))}`,
  );
  return ["oomph run", actionId, shellWord(formatTarget(target)), ...typed].join(" ");
}

export type InJson = Standing & {
  readonly next: Proposed | undefined;
  /** Address of the card in Slack. */
  readonly link: string | undefined;
  /** Slack channel id. */
  readonly channel: string | undefined;
};

/** For scripts. Keys are stable; what there is not is null. */
export function requestJson({ request, decisions, run, next, link, channel }: InJson): Readonly<Record<string, Json>> {
  const { id, incidentId, actionId, target, state, outcome, reason, requestedBy, shell, policy, plan, supersededBy } = request;
  const verification = run?.verification;
  return {
    kind: "request",
    id,
    incident: incidentId,
    action: actionId,
    target: formatTarget(target),
    state,
    outcome: outcome ?? null,
    helped: verification?.helped ?? null,
    measured: verification?.rows ?? [],
    wayBack: next === undefined ? null : commandFor(next, request),
    requestedBy,
    shell: shell ?? null,
    reason: reason ?? null,
    approvers: policy.approvers,
    approvalsNeeded: policy.approvalsNeeded,
    decisions: decisions.map(({ userId, kind, atMs, reason: why }) => ({ by: userId, word: kind, at: iso(atMs), reason: why ?? null })),
    createdAt: iso(request.createdAtMs),
    expiresAt: iso(request.expiresAtMs),
    begunAt: run?.begunAtMs === undefined ? null : iso(run.begunAtMs),
    endedAt: request.endedAtMs === undefined ? null : iso(request.endedAtMs),
    supersededBy: supersededBy ?? null,
    channel: channel ?? null,
    card: link ?? null,
    plan: { ...plan, target: formatTarget(plan.target) },
  };
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}
