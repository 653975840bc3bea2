import { REQUEST_TRANSITIONS, type ActionRequest, type Decision, type RequestState, type Run } from "../domain/action-request.ts";
import { OomphError } from "../domain/errors.ts";
import type { Tables } from "../ports/store.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";

/** How a request stands. */
export type Standing = {
  readonly request: ActionRequest;
  readonly decisions: readonly Decision[];
  /** Absent: nobody has begun to carry it out. */
  readonly run?: Run;
};

/** Only looks. Throws OomphError `not-found`. */
export async function readStanding({ requests, runs }: Pick<Tables, "requests" | "runs">, requestId: string): Promise<Standing> {
  const request = await requests.get(requestId);
  if (request === undefined)
    throw new OomphError("not-found", `there is no request ${JSON.stringify(requestId.slice(0, 60))}: oomph approvals lists what waits`);
  const run = await runs.find(requestId);
  return { request, decisions: await requests.decisions(requestId), ...(run === undefined ? {} : { run }) };
}

export function isEnded({ request }: Pick<Standing, "request">): boolean {
  return REQUEST_TRANSITIONS[request.state].length === 0;
}

const CODES: Readonly<Record<RequestState, ExitCode>> = {
  pending: EXIT.ok,
  approved: EXIT.ok,
  executing: EXIT.ok,
  verifying: EXIT.ok,
  succeeded: EXIT.ok,
  denied: EXIT.denied,
  expired: EXIT.expired,
  superseded: EXIT.superseded,
  cancelled: EXIT.cancelled,
  ineffective: EXIT.ineffective,
  failed: EXIT.notDone,
  unknown: EXIT.unknown,
};

/** What a command ends with that was to see a request to its end. */
export function exitCodeOf({ request }: Pick<Standing, "request">): ExitCode {
  return CODES[request.state];
}
