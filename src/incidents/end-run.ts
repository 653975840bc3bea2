import type { ActionRequest, Offer, RequestState, Run } from "../domain/action-request.ts";
import { asClause } from "../domain/clause.ts";
import type { Afterwards, Observation, Proposed, Verification } from "../domain/plan.ts";
import type { OfferWithTitle } from "../ports/narrator.ts";
import type { Tables } from "../ports/store.ts";
import { commit } from "./commit.ts";
import type { Desk } from "./desk.ts";
import { closeUndone } from "./expire.ts";
import { resolveWithin } from "./resolve.ts";
import type { Held } from "./take-request.ts";

export type Ending = {
  readonly state: "succeeded" | "ineffective" | "failed" | "unknown";
  /** For people: what was done, whether it helped, what to do. */
  readonly outcome: string;
  readonly observation?: Observation;
  readonly verification?: Verification;
  /** The way back as another action, offered below the outcome. */
  readonly wayBack?: Proposed;
  readonly afterwards?: Afterwards;
};

const ACTOR = { kind: "oomph" } as const;

/** The act is certainly done: what follows is looking whether it helped. False: the request was ended meanwhile. */
export async function startVerifying(desk: Desk, held: Held): Promise<boolean> {
  return commit(desk, async (tables) => {
    const atMs = desk.clock.nowMs();
    const { request, incident, run } = held;
    if (!(await tables.requests.transition(request.id, ["executing"], "verifying", { atMs }))) return false;
    await tables.incidents.transition(incident.id, ["acting"], "verifying", atMs);
    await desk.narrator(tables, { kind: "verifying", incident, request: { ...request, state: "verifying" }, run });
    return true;
  });
}

/** Ends a begun run: states, audit, timeline, the way back as an offer, news and the lease in one transaction. */
export async function endRun(desk: Desk, held: Held, ending: Ending): Promise<void> {
  const ended = await commit(desk, (tables) => endWithin(tables, desk, { held, ending }));
  if (ended) desk.metrics.requestEnded(held.request.actionId, ending.state);
}

/** Ends a taken request before anything was done to its target, and lets the target go. */
export async function endUndone(desk: Desk, held: Held, because: string): Promise<void> {
  await commit(desk, async (tables) => {
    await tables.leases.release(held.lease.targetKey, held.lease.owner);
    await closeUndone(tables, desk, {
      request: held.request,
      to: "failed",
      outcome: `${asClause(because)}: nothing was done`,
      actor: ACTOR,
    });
  });
}

/** Whether it helped can only be said of what was verified. */
const BEFORE: Readonly<Record<Ending["state"], readonly RequestState[]>> = {
  succeeded: ["verifying"],
  ineffective: ["verifying"],
  failed: ["executing", "verifying"],
  unknown: ["executing", "verifying"],
};

type EndingOf = { readonly held: Held; readonly ending: Ending };

async function endWithin(tables: Tables, desk: Desk, { held, ending }: EndingOf): Promise<boolean> {
  const atMs = desk.clock.nowMs();
  const { request, incident } = held;
  const run: Run = { ...held.run, endedAtMs: atMs, ...seenIn(ending) };
  const { outcome } = ending;
  const first = await tables.requests.transition(request.id, BEFORE[ending.state], ending.state, { atMs, outcome });
  // An admin may have ended it by releasing the lease: the state stands, what was seen since is still written down.
  await tables.audit.append({
    kind: first ? "run-ended" : "run-observed",
    actor: ACTOR,
    atMs,
    incidentId: incident.id,
    requestId: request.id,
    detail: {
      runId: run.id,
      state: ending.state,
      outcome,
      observation: ending.observation?.kind ?? null,
      rows: ending.verification?.rows ?? [],
    },
  });
  await tables.incidents.note({ incidentId: incident.id, atMs, actor: ACTOR, says: `${request.actionId} ${ending.state}: ${outcome}` });
  if (!first) return false;

  await tables.runs.end(run.id, { endedAtMs: atMs, ...seenIn(ending) });
  await tables.leases.release(held.lease.targetKey, held.lease.owner);
  const wayBack =
    ending.wayBack === undefined
      ? undefined
      : await offer(tables, desk, { held, proposed: { ...ending.wayBack, why: request.plan.wayBack } });
  const afterwards = await offerAfterwards(tables, desk, { held, ending });
  const decisions = await tables.requests.decisions(request.id);
  const endedRequest: ActionRequest = { ...request, state: ending.state, endedAtMs: atMs, outcome };
  await desk.narrator(tables, {
    kind: "ended",
    incident,
    request: endedRequest,
    decisions,
    run,
    ...(wayBack === undefined ? {} : { wayBack }),
    ...(afterwards === undefined ? {} : { afterwards }),
  });
  await moveIncidentOn(tables, desk, { held, ending });
  return true;
}

function seenIn({ observation, verification }: Ending): Pick<Run, "observation" | "verification"> {
  return { ...(observation === undefined ? {} : { observation }), ...(verification === undefined ? {} : { verification }) };
}

type Offering = { readonly held: Held; readonly proposed: Afterwards["offers"][number] };

async function offer(tables: Tables, desk: Desk, { held, proposed }: Offering): Promise<OfferWithTitle> {
  const { incident, request } = held;
  const { actionId, params, why } = proposed;
  const made: Offer = {
    id: desk.ids.next("off"),
    incidentId: incident.id,
    target: request.target,
    createdAtMs: desk.clock.nowMs(),
    actionId,
    params,
  };
  await tables.offers.add([made]);
  const title = desk.planner.actions.find((doc) => doc.id === actionId)?.title ?? actionId;
  return { offer: made, title, why };
}

async function offerAfterwards(tables: Tables, desk: Desk, { held, ending }: EndingOf) {
  const { afterwards } = ending;
  if (afterwards === undefined) return undefined;
  const offers: OfferWithTitle[] = [];
  for (const proposed of afterwards.offers) offers.push(await offer(tables, desk, { held, proposed }));
  return { says: afterwards.says, files: afterwards.files, offers };
}

async function moveIncidentOn(tables: Tables, desk: Desk, { held, ending }: EndingOf): Promise<void> {
  const { incident } = held;
  if (ending.state !== "succeeded" || ending.verification?.troubled === true) {
    await tables.incidents.transition(incident.id, ["acting", "verifying"], "diagnosed", desk.clock.nowMs());
    return;
  }
  await resolveWithin(tables, desk, { incident, actor: ACTOR, says: ending.outcome });
}
