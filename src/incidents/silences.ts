import { isListed, type AccessRules, type Person } from "../domain/access.ts";
import type { Actor } from "../domain/actor.ts";
import { formatDuration } from "../domain/duration.ts";
import { given } from "../domain/given.ts";
import type { Incident } from "../domain/incident.ts";
import { coversIncident, coversWhole, formatSilenced, type Silence } from "../domain/silence.ts";
import { isBroad, outlasts, takesIn } from "../domain/silence-scope.ts";
import type { Tables } from "../ports/store.ts";
import { attendWithin } from "./attention.ts";
import { commit } from "./commit.ts";
import type { Desk } from "./desk.ts";
import { personOrReason } from "./may-request.ts";
import { UNRESOLVED } from "./unresolved.ts";

/** What is silenced by hand is silenced for a month at the most. */
export const LONGEST_SILENCE_MS = 30 * 86_400_000;
/** So long what nobody has named is silenced by those whom the configuration does not name either. */
export const LONGEST_BROAD_MS = 3_600_000;

export type SilenceWish = Pick<Silence, "what" | "kills" | "reason"> & {
  readonly userId: string;
  readonly until: { readonly ms: number } | "resolved";
};

export type SilenceSet =
  | {
      readonly kind: "set";
      readonly silence: Silence;
      /** Open ones that it is about. */
      readonly incidents: readonly Incident[];
      /** Silences that keep some of it, or all, quiet for longer. */
      readonly staying: readonly Staying[];
      /** It was asked for longer than somebody whom no rule names may have it. */
      readonly isCut: boolean;
    }
  /** Until resolved, of what is not open. */
  | { readonly kind: "nothing-open" }
  | { readonly kind: "refused"; readonly because: string };

export type Staying = { readonly silence: Silence; readonly of: "all" | "part" };

const MOST_OPEN = 5_000;
/** More threads than this are not told one by one. */
const MOST_TOLD = 10;

/**
 * Silences something, for those who may investigate. The threads of open incidents that it covers say so; `announce` says it
 * elsewhere where it is broad, in the same transaction.
 */
export async function setSilence(
  desk: Desk,
  wish: SilenceWish,
  announce?: (tables: Tables, silence: Silence) => Promise<void>,
): Promise<SilenceSet> {
  const person = await whoMay(desk, wish.userId);
  if (typeof person === "string") return { kind: "refused", because: person };
  const [asked, silence] = silenceOf(desk, wish, isNamed(person, desk.rules));
  return commit(desk, async (tables) => {
    const open = (await tables.incidents.list({ states: UNRESOLVED, limit: MOST_OPEN })).filter((one) => coversIncident(silence, one));
    if (wish.until === "resolved" && open.length === 0) return { kind: "nothing-open" };
    const staying = await stayingBeside(tables, { silence, open, nowMs: silence.atMs });
    await tables.silences.add(silence);
    const actor = { kind: "user", id: wish.userId } as const;
    await tables.audit.append({ kind: "silence-set", actor, atMs: silence.atMs, detail: detailOf(silence) });
    await tellOpen(tables, desk, { silence, open });
    if (isBroad(silence.what)) await announce?.(tables, silence);
    return { kind: "set", silence, incidents: open, staying, isCut: asked !== silence.untilMs };
  });
}

/** Who silences all of an incident has reacted to it. */
async function tellOpen(
  tables: Tables,
  desk: Desk,
  { silence, open }: { readonly silence: Silence; readonly open: readonly Incident[] },
): Promise<void> {
  const { by, atMs, reason } = silence;
  const actor = { kind: "user", id: by } as const;
  const says = `Silenced ${spanOf(silence)}${reason === undefined ? "" : `: ${reason}`}`;
  for (const incident of open.filter((one) => coversWhole(silence, one))) await attendWithin(tables, desk, { incident, by, isAlone: true });
  for (const incident of open.slice(0, MOST_TOLD)) {
    await tables.incidents.note({ incidentId: incident.id, atMs, actor, says });
    await desk.narrator(tables, { kind: "silenced", incident, silence });
  }
}

type Beside = { readonly silence: Silence; readonly open: readonly Incident[]; readonly nowMs: number };

/** Other silences that still hold for some of what this one covers when it ends. */
async function stayingBeside({ silences }: Tables, { silence, open, nowMs }: Beside): Promise<readonly Staying[]> {
  const others = (await silences.live(nowMs)).filter((other) => other.id !== silence.id && outlasts(other, silence));
  return others.flatMap((other): readonly Staying[] => {
    if (takesIn(other.what, silence.what)) return [{ silence: other, of: "all" }];
    const isPart = takesIn(silence.what, other.what) || open.some((one) => coversIncident(other, one));
    return isPart ? [{ silence: other, of: "part" }] : [];
  });
}

/** Does the configuration name this person, for whatever right? */
function isNamed(person: Person, { investigators, admins, policies }: AccessRules): boolean {
  const lists = [admins, ...(investigators === "everyone" ? [] : [investigators]), ...policies.map(({ approvers }) => approvers)];
  return lists.some((list) => isListed(person, list));
}

export type SilenceEnded =
  | { readonly kind: "ended"; readonly silence: Silence; /** What it covered stays quiet by these. */ readonly staying: readonly Staying[] }
  | { readonly kind: "ended-already"; readonly silence: Silence }
  | { readonly kind: "no-such-silence" }
  | { readonly kind: "refused"; readonly because: string };

/** Takes a silence back. `retract` says so where it was announced, in the same transaction. */
export async function endSilence(
  desk: Desk,
  wish: { readonly id: string; readonly userId: string },
  retract?: (tables: Tables, silence: Silence) => Promise<void>,
): Promise<SilenceEnded> {
  const person = await whoMay(desk, wish.userId);
  if (typeof person === "string") return { kind: "refused", because: person };
  return commit(desk, async (tables) => {
    const silence = await tables.silences.get(wish.id);
    if (silence === undefined) return { kind: "no-such-silence" };
    const ended = await endWithin(tables, desk, { silence, actor: { kind: "user", id: wish.userId } });
    if (!ended) return { kind: "ended-already", silence };
    await retract?.(tables, silence);
    const nowMs = desk.clock.nowMs();
    const over: Silence = { ...silence, untilMs: nowMs, kills: false };
    return { kind: "ended", silence, staying: await stayingBeside(tables, { silence: over, open: [], nowMs }) };
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

/** Until when it was asked for, and what comes of it. */
function silenceOf(
  { ids, clock }: Desk,
  { what, kills, userId, until, reason }: SilenceWish,
  isNamedPerson: boolean,
): readonly [number | undefined, Silence] {
  const atMs = clock.nowMs();
  const asked = until === "resolved" ? undefined : atMs + Math.min(until.ms, LONGEST_SILENCE_MS);
  const longest = isBroad(what) && !isNamedPerson ? atMs + LONGEST_BROAD_MS : undefined;
  const untilMs = longest === undefined ? asked : Math.min(asked ?? longest, longest);
  return [asked, { id: ids.nextShort("sil"), what, kills, by: userId, atMs, ...given({ untilMs, reason }) }];
}

function spanOf({ atMs, untilMs }: Silence): string {
  return untilMs === undefined ? "until it is resolved" : `for ${formatDuration(untilMs - atMs)}`;
}

function detailOf({ id, what, kills, untilMs, reason }: Silence): Readonly<Record<string, string | number | boolean | null>> {
  return { silence: id, what: formatSilenced(what), kills, untilMs: untilMs ?? null, reason: reason ?? null };
}

/** A sentence: why not. */
async function whoMay(desk: Desk, userId: string): Promise<Person | string> {
  const person = await personOrReason(desk, userId);
  if (typeof person === "string" || isListed(person, desk.rules.investigators)) return person;
  return "this is for those who may investigate (access.investigators)";
}
