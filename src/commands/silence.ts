import { calmOver, isWithin, nextChange, weeklyOf, type WindowTime } from "../domain/calm.ts";
import { given } from "../domain/given.ts";
import type { Message } from "../domain/message.ts";
import { nearest } from "../domain/nearest.ts";
import { formatSilenced } from "../domain/silence.ts";
import { endSilence, setSilence, type SilenceWish } from "../incidents/silences.ts";
import { note } from "../messages/note.ts";
import { refusal } from "../messages/refusal.ts";
import { silenceEndedNote, silenceSetNote } from "../messages/silence-answers.ts";
import { silenceList, type Timed } from "../messages/silence-list.ts";
import { announce, retract } from "./announce-silence.ts";
import type { Front } from "./front.ts";
import { labelHint } from "./label-hint.ts";
import type { SilenceAsked } from "./silence-words.ts";
import { whatToSilence } from "./what-to-silence.ts";

const HOUR_MS = 3_600_000;

/** `/oom snooze` and `/oom mute`. */
export async function silence(front: Front, userId: string, asked: SilenceAsked): Promise<Message> {
  const { what: typed, until, kills, reason } = asked;
  const named = await whatToSilence(front, typed);
  if (named.kind === "refused") return named.message;
  const { what, isKills } = named;
  return set(front, { what, until, kills: kills || isKills, userId, ...(reason === undefined ? {} : { reason }) });
}

/** The button "Snooze 1 h" of an incident or storm. */
export async function snoozeIncident(front: Front, click: { readonly value: string; readonly userId: string }): Promise<Message> {
  return silence(front, click.userId, { what: click.value, until: { ms: HOUR_MS }, kills: false });
}

/** `/oom silences` */
export async function silences({ desk }: Front): Promise<Message> {
  const { store, clock, calm = { maintenance: [] } } = desk;
  const nowMs = clock.nowMs();
  const timed = (when: WindowTime): Timed => ({ when, isNow: isWithin(when, nowMs), ...given({ changesAtMs: nextChange(when, nowMs) }) });
  return silenceList({
    silences: await store.silences.live(nowMs),
    counts: await store.hushed.counts(),
    maintenance: calm.maintenance.map((window) => ({ window, time: timed(window.when) })),
    ...given({ quietHours: calm.quietHours === undefined ? undefined : timed(weeklyOf(calm.quietHours)) }),
  });
}

/** `/oom unmute`, and the button "Undo". */
export async function unmute(front: Front, userId: string, typed: string): Promise<Message> {
  const id = idOf(typed);
  const ended = await endSilence(front.desk, { id, userId }, (tables, silence) => retract(tables, front, { silence, by: userId }));
  switch (ended.kind) {
    case "refused":
      return refusal({ because: ended.because });
    case "no-such-silence":
      return noSuchSilence(front, typed);
    case "ended-already":
      return note(`The silence \`${id}\` is over already.`);
    case "ended": {
      const { calm, clock } = front.desk;
      const { what } = ended.silence;
      const isCalm = calm !== undefined && what.kind === "target";
      return silenceEndedNote({ ...ended, calm: isCalm ? calmOver(calm, what.pattern, clock.nowMs()) : [] });
    }
  }
}

async function set(front: Front, wish: SilenceWish): Promise<Message> {
  const done = await setSilence(front.desk, wish, (tables, silence) => announce(tables, front, silence));
  switch (done.kind) {
    case "refused":
      return refusal({ because: done.because });
    case "nothing-open":
      return refusal({
        because: `no incident of \`${formatSilenced(wish.what)}\` is open, so there is nothing to be resolved`,
        todo: `Say for how long: \`/oom mute ${formatSilenced(wish.what)} for 2d\``,
      });
    case "set": {
      const hint = await labelHint(front, wish.what);
      return silenceSetNote({ ...done, open: done.incidents.length, ...given({ hint }) });
    }
  }
}

function idOf(typed: string): string {
  const id = typed.toLowerCase().slice(0, 60);
  return id.startsWith("sil_") ? id : `sil_${id}`;
}

/** Who names what was muted is told its id. */
async function noSuchSilence({ desk }: Front, typed: string): Promise<Message> {
  const live = await desk.store.silences.live(desk.clock.nowMs());
  const named = live.filter(({ what }) => formatSilenced(what).toLowerCase() === typed.toLowerCase()).map(({ id }) => id);
  const meant =
    named.length > 0
      ? named.slice(0, 3)
      : nearest(
          idOf(typed),
          live.map(({ id }) => id),
        );
  const todo = meant.length === 0 ? "`/oom silences` lists them." : `Did you mean ${meant.map((id) => `\`${id}\``).join(", ")}?`;
  return refusal({ because: `there is no silence "${typed.slice(0, 60)}"`, todo });
}
