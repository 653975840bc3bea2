import type { DeliveryPriority } from "../domain/delivery.ts";
import type { Message } from "../domain/message.ts";
import { attendedNote, callNote, checkedUpNote, keptQuietNote, silencedNote, spreadNote } from "../messages/quiet-notes.ts";
import type { News } from "../ports/narrator.ts";

type QuietNews = Extract<News, { readonly kind: "silenced" | "kept-quiet" | "unattended" | "attended" | "checked-up" }>;

type QuietLine = {
  readonly slot: string;
  readonly message: Message;
  readonly priority: DeliveryPriority;
  /** Another channel than the incident's, and no thread. */
  readonly channel?: string;
};

/** What an incident's thread, and the second channel, say of silences and of who reacts. */
export function quietLines(news: QuietNews): readonly QuietLine[] {
  const { id } = news.incident;
  switch (news.kind) {
    case "silenced":
      return [{ slot: `${id}/silenced/${news.silence.id}`, priority: 2, message: silencedNote(news) }];
    case "kept-quiet":
      return [{ slot: `${id}/kept-quiet/${news.lastAtMs}`, priority: 2, message: keptQuietNote(news) }];
    case "checked-up":
      return [{ slot: `${id}/checked-up`, priority: 3, message: checkedUpNote(news) }];
    case "unattended":
      return "group" in news.call
        ? [{ slot: callSlot(news), priority: 1, message: callNote({ ...news, ...news.call }) }]
        : [{ slot: spreadSlot(news), priority: 1, message: spreadNote({ ...news, ...news.call }), channel: news.call.channel }];
    case "attended":
      return news.where === "thread"
        ? [{ slot: callSlot(news), priority: 1, message: attendedNote(news) }]
        : [{ slot: spreadSlot(news), priority: 1, message: attendedNote(news), channel: news.where.channel }];
  }
}

type Called = Pick<Extract<News, { readonly kind: "unattended" | "attended" }>, "incident" | "sinceMs">;

/** An incident that was reopened calls anew: an edit would ping nobody. */
function callSlot({ incident, sinceMs }: Called): string {
  return `${incident.id}/unattended/${sinceMs}`;
}

function spreadSlot(called: Called): string {
  return `${callSlot(called)}/elsewhere`;
}
