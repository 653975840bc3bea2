import { isQuiet, isWithin } from "../domain/calm.ts";
import type { Message } from "../domain/message.ts";
import { nearest } from "../domain/nearest.ts";
import { fitsPattern } from "../domain/name-pattern.ts";
import { formatSilenced, type Silence } from "../domain/silence.ts";
import { endSilence, setSilence, type SilenceWish } from "../incidents/silences.ts";
import { note } from "../messages/note.ts";
import { refusal } from "../messages/refusal.ts";
import { silenceList, silenceSetNote } from "../messages/silence-list.ts";
import type { Front } from "./front.ts";
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

/** The button "Snooze 1 h" of an incident. */
export async function snoozeIncident(front: Front, click: { readonly value: string; readonly userId: string }): Promise<Message> {
  return silence(front, click.userId, { what: click.value, until: { ms: HOUR_MS }, kills: false });
}

/** `/oom silences` */
export async function silences({ desk }: Front): Promise<Message> {
  const { store, clock, calm } = desk;
  const nowMs = clock.nowMs();
  return silenceList({
    silences: await store.silences.live(nowMs),
    counts: await store.hushed.counts(),
    now: {
      maintenance: (calm?.maintenance ?? []).filter(({ when }) => isWithin(when, nowMs)),
      isQuiet: calm !== undefined && isQuiet(calm, nowMs),
    },
  });
}

/** `/oom unmute`, and the button "Undo". */
export async function unmute(front: Front, userId: string, typed: string): Promise<Message> {
  const id = idOf(typed);
  const ended = await endSilence(front.desk, { id, userId });
  switch (ended.kind) {
    case "refused":
      return refusal({ because: ended.because });
    case "no-such-silence":
      return noSuchSilence(front, typed);
    case "ended-already":
      return note(`The silence \`${id}\` is over already.`);
    case "ended": {
      const [still] = await stillOver(front, ended.silence);
      if (still !== undefined)
        return note(
          `The silence \`${id}\` is over, but \`${formatSilenced(ended.silence.what)}\` stays silenced by \`${still.id}\` (\`${formatSilenced(still.what)}\`): \`/oom unmute ${still.id}\``,
        );
      return note(
        `\`${formatSilenced(ended.silence.what)}\` is heard again. The next alert about it opens its incident and says how much was kept quiet.`,
      );
    }
  }
}

/** Other silences over the same, or over a pattern that has it in it. */
async function stillOver({ desk }: Front, { id, what }: Silence): Promise<readonly Silence[]> {
  const live = await desk.store.silences.live(desk.clock.nowMs());
  const words = formatSilenced(what);
  return live.filter((other) => other.id !== id && fitsPattern(formatSilenced(other.what), words));
}

async function set(front: Front, wish: SilenceWish): Promise<Message> {
  const done = await setSilence(front.desk, wish);
  switch (done.kind) {
    case "refused":
      return refusal({ because: done.because });
    case "nothing-open":
      return refusal({
        because: `no incident of \`${formatSilenced(wish.what)}\` is open, so there is nothing to be resolved`,
        todo: `Say for how long: \`/oom mute ${formatSilenced(wish.what)} for 2d\``,
      });
    case "set":
      return silenceSetNote({ silence: done.silence, open: done.incidents.length });
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
