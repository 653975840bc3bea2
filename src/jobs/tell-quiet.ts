import type { Delivery, DeliveryPriority } from "../domain/delivery.ts";
import type { Message } from "../domain/message.ts";
import { attendedNote, callNote, checkedUpNote, directNote, keptQuietNote, silencedNote, spreadNote } from "../messages/quiet-notes.ts";
import type { News } from "../ports/narrator.ts";
import type { Tables } from "../ports/store.ts";
import { callSlot, callSlots, directSlot } from "./call-slots.ts";

type QuietNews = Extract<News, { readonly kind: "silenced" | "kept-quiet" | "unattended" | "attended" | "checked-up" }>;

export type QuietLine = {
  readonly slot: string;
  readonly message: Message;
  readonly priority: DeliveryPriority;
  /** Another channel than the incident's or storm's, and no thread. */
  readonly channel?: string;
};

/** What an incident's thread, and the second channel, say of silences and of who reacts. */
export async function quietLines(news: QuietNews, { outbox }: Pick<Tables, "outbox">): Promise<readonly QuietLine[]> {
  const { id } = news.incident;
  switch (news.kind) {
    case "silenced":
      return [silencedLine(id, news)];
    case "kept-quiet":
      return [{ slot: `${id}/kept-quiet/${news.lastAtMs}`, priority: 2, message: keptQuietNote(news) }];
    case "checked-up":
      return [{ slot: `${id}/checked-up`, priority: 3, message: checkedUpNote(news) }];
    case "unattended":
      return callLines(news);
    case "attended":
      return answeredLines(news, await outbox.ofIncident(id));
  }
}

/** In the thread of an incident or of a storm, by its id. */
export function silencedLine(id: string, { silence }: Pick<Extract<News, { readonly kind: "silenced" }>, "silence">): QuietLine {
  return { slot: `${id}/silenced/${silence.id}`, priority: 2, message: silencedNote({ silence }) };
}

/** One call, wherever it goes; people are told one by one. */
export function callLines(news: Extract<News, { readonly kind: "unattended" }>): readonly QuietLine[] {
  const { call } = news;
  if ("group" in call) return [{ slot: callSlot(news, "mention"), priority: 1, message: callNote({ ...news, ...call }) }];
  if ("people" in call)
    return call.people.map((channel) => ({ slot: directSlot(news, channel), priority: 1, message: directNote(news), channel }));
  return [{ slot: callSlot(news, "spread"), priority: 1, message: spreadNote({ ...news, ...call }), channel: call.channel }];
}

/** Every call that has arrived, or still may, says who has reacted. */
export function answeredLines(news: Extract<News, { readonly kind: "attended" }>, said: readonly Delivery[]): readonly QuietLine[] {
  const calls = said.filter(({ slot, state }) => slot.startsWith(callSlots(news)) && state !== "failed");
  return calls.map(({ slot }) => ({ slot, priority: 1, message: attendedNote(news) }));
}
