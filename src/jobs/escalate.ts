import type { Escalation } from "../domain/escalation.ts";
import { messageOf, OomphError } from "../domain/errors.ts";
import { queueEscalation } from "../incidents/commit.ts";
import type { JobOutcome } from "../ports/job-queue.ts";
import type { EscalateDeps } from "./escalation-deps.ts";
import { notAccepted } from "./not-accepted.ts";
import { recordArrival, type Arrived } from "./record-arrival.ts";
import { sendMail } from "./send-mail.ts";
import { syncIssue } from "./sync-issue.ts";
import { isVerdictComing, toldSoFar, type Told } from "./told-so-far.ts";

const DONE: JobOutcome = { kind: "done" };
const VERDICT_LOOK_MS = 2_000;

/** Tells something outside the chat. The queue delivers this at least once; issue and mail carry a key that shows a repeat. */
export async function escalate(deps: EscalateDeps, escalationId: string, signal: AbortSignal): Promise<JobOutcome> {
  const { desk, escalationTimes: times } = deps;
  const nowMs = desk.clock.nowMs();
  const escalation = await desk.store.escalations.get(escalationId);
  if (escalation === undefined || escalation.state !== "due") return DONE;
  // Whoever failed comes back by itself, and the sweeper finds the rest: each kill of a loop must not leave a job behind.
  if (escalation.nextAttemptAtMs > nowMs) return DONE;
  // A verdict comes within seconds, and is worth waiting for.
  if (nowMs - escalation.raisedAtMs < times.verdictWithinMs && (await isVerdictComing(desk, escalation)))
    return { kind: "later", delayMs: VERDICT_LOOK_MS };

  if (!(await desk.store.escalations.claim(escalationId, nowMs + times.claimMs, nowMs))) return DONE; // whoever is before it wakes it
  const told = await toldSoFar(deps, escalation);
  const sent = await send(deps, told, AbortSignal.any([signal, AbortSignal.timeout(times.answerWithinMs)]));
  if (sent.kind === "not-accepted") return notAccepted(deps, told, sent);
  await recordArrival(deps, told, sent);
  await wakeNext(deps, told);
  return DONE;
}

type Sent =
  | ({ readonly kind: "arrived" } & Arrived)
  | { readonly kind: "not-accepted"; readonly error: OomphError; readonly reached?: readonly string[] };

async function send(deps: EscalateDeps, told: Told, signal: AbortSignal): Promise<Sent> {
  try {
    if (told.escalation.kind === "github-issue") return { kind: "arrived", ...(await syncIssue(deps.codeHost, told, signal)) };
    const { arrived, error } = await sendMail(deps.mailer, told, signal);
    return error === undefined ? { kind: "arrived", ...arrived } : { kind: "not-accepted", error, reached: arrived.reached };
  } catch (thrown) {
    const error = thrown instanceof OomphError ? thrown : new OomphError("internal", messageOf(thrown), { cause: thrown });
    return { kind: "not-accepted", error };
  }
}

/** What had to wait for its turn may go now. */
async function wakeNext({ desk }: EscalateDeps, { escalation }: Told): Promise<void> {
  const waiting = (await desk.store.escalations.ofIncident(escalation.incidentId)).find((one) => isNext(one, escalation));
  if (waiting !== undefined) await queueEscalation(desk, waiting.id);
}

function isNext(one: Escalation, { kind, id }: Escalation): boolean {
  return one.kind === kind && one.state === "due" && one.id !== id;
}
