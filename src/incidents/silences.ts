import { isListed } from "../domain/access.ts";
import type { Actor } from "../domain/actor.ts";
import { formatDuration } from "../domain/duration.ts";
import type { Incident } from "../domain/incident.ts";
import { coversIncident, formatSilenced, type Silence } from "../domain/silence.ts";
import type { Tables } from "../ports/store.ts";
import { attendWithin } from "./attention.ts";
import { commit } from "./commit.ts";
import type { Desk } from "./desk.ts";
import { personOrReason } from "./may-request.ts";
import { UNRESOLVED } from "./unresolved.ts";

/** What is silenced by hand is silenced for a month at the most. */
export const LONGEST_SILENCE_MS = 30 * 86_400_000;

export type SilenceWish = Pick<Silence, "what" | "kills" | "reason"> & {
  readonly userId: string;
  readonly until: { readonly ms: number } | "resolved";
};

export type SilenceSet =
  | { readonly kind: "set"; readonly silence: Silence; readonly incidents: readonly Incident[] }
  /** Until resolved, of what is not open. */
  | { readonly kind: "nothing-open" }
  | { readonly kind: "refused"; readonly because: string };

const MOST_OPEN = 500;
/** More threads than this are not told one by one. */
const MOST_TOLD = 10;

/** Silences something, for those who may investigate. The threads of open incidents that it covers say so. */
export async function setSilence(desk: Desk, wish: SilenceWish): Promise<SilenceSet> {
  const because = await whyNot(desk, wish.userId);
  if (because !== undefined) return { kind: "refused", because };
  return commit(desk, async (tables) => {
    const silence = silenceOf(desk, wish);
    const open = (await tables.incidents.list({ states: UNRESOLVED, limit: MOST_OPEN })).filter((one) => coversIncident(silence, one));
    if (wish.until === "resolved" && open.length === 0) return { kind: "nothing-open" };
    await tables.silences.add(silence);
    const actor = { kind: "user", id: wish.userId } as const;
    await tables.audit.append({ kind: "silence-set", actor, atMs: silence.atMs, detail: detailOf(silence) });
    const says = `Silenced ${spanOf(silence)}${silence.reason === undefined ? "" : `: ${silence.reason}`}`;
    for (const incident of open.slice(0, MOST_TOLD)) {
      await tables.incidents.note({ incidentId: incident.id, atMs: silence.atMs, actor, says });
      await attendWithin(tables, desk, { incident, by: wish.userId });
      await desk.narrator(tables, { kind: "silenced", incident, silence });
    }
    return { kind: "set", silence, incidents: open };
  });
}

export type SilenceEnded =
  | { readonly kind: "ended"; readonly silence: Silence }
  | { readonly kind: "ended-already"; readonly silence: Silence }
  | { readonly kind: "no-such-silence" }
  | { readonly kind: "refused"; readonly because: string };

/** Takes a silence back. */
export async function endSilence(desk: Desk, wish: { readonly id: string; readonly userId: string }): Promise<SilenceEnded> {
  const because = await whyNot(desk, wish.userId);
  if (because !== undefined) return { kind: "refused", because };
  return commit(desk, async (tables) => {
    const silence = await tables.silences.get(wish.id);
    if (silence === undefined) return { kind: "no-such-silence" };
    const ended = await endWithin(tables, desk, { silence, actor: { kind: "user", id: wish.userId } });
    return { kind: ended ? "ended" : "ended-already", silence };
  });
}

/** An incident was resolved: a silence that was to hold until then ends with the last that it covers. */
export async function endFulfilled(tables: Tables, desk: Pick<Desk, "clock">, resolved: Incident): Promise<void> {
  const waiting = (await tables.silences.live(desk.clock.nowMs())).filter(
    (one) => one.untilMs === undefined && coversIncident(one, resolved),
  );
  if (waiting.length === 0) return;
  const open = await tables.incidents.list({ states: UNRESOLVED, limit: MOST_OPEN });
  for (const silence of waiting) {
    if (open.some((one) => one.id !== resolved.id && coversIncident(silence, one))) continue;
    await endWithin(tables, desk, { silence, actor: { kind: "oomph" } });
  }
}

type Ending = { readonly silence: Silence; readonly actor: Actor };

async function endWithin(tables: Tables, { clock }: Pick<Desk, "clock">, { silence, actor }: Ending): Promise<boolean> {
  const atMs = clock.nowMs();
  if (!(await tables.silences.end(silence.id, { atMs, by: actor.kind === "user" ? actor.id : actor.kind }))) return false;
  await tables.audit.append({ kind: "silence-ended", actor, atMs, detail: detailOf(silence) });
  return true;
}

function silenceOf({ ids, clock }: Desk, { what, kills, userId, until, reason }: SilenceWish): Silence {
  const atMs = clock.nowMs();
  return {
    id: ids.nextShort("sil"),
    what,
    kills,
    by: userId,
    atMs,
    ...(until === "resolved" ? {} : { untilMs: atMs + Math.min(until.ms, LONGEST_SILENCE_MS) }),
    ...(reason === undefined ? {} : { reason }),
  };
}

function spanOf({ atMs, untilMs }: Silence): string {
  return untilMs === undefined ? "until it is resolved" : `for ${formatDuration(untilMs - atMs)}`;
}

function detailOf({ id, what, kills, untilMs, reason }: Silence): Readonly<Record<string, string | number | boolean | null>> {
  return { silence: id, what: formatSilenced(what), kills, untilMs: untilMs ?? null, reason: reason ?? null };
}

async function whyNot(desk: Desk, userId: string): Promise<string | undefined> {
  const person = await personOrReason(desk, userId);
  if (typeof person === "string") return person;
  return isListed(person, desk.rules.investigators) ? undefined : "this is for those who may investigate (access.investigators)";
}
