import type { Post } from "../domain/alert.ts";
import type { Chat } from "../ports/chat.ts";
import type { Inbound } from "../ports/inbound.ts";
import type { Front } from "./front.ts";
import { takeAlert } from "./take-alert.ts";
import { takeEach } from "./take-each.ts";

type PostIn = Extract<Inbound, { readonly kind: "post" }>;
type Self = Awaited<ReturnType<Chat["self"]>>;

/** Reads the alert channels. Posts that are no alert about memory, and Oomph's own, are left alone without a trace in Slack. */
export function createPostListener(front: Front): (inbound: PostIn) => Promise<void> {
  let self: Self | undefined;
  return async ({ post, receivedAtMs }) => {
    if (!front.alertChannels.includes(post.channel) || isTalk(post)) return;
    const { source, alerts: read } = await front.readAlert(post);
    const alerts = read.filter(({ memory }) => memory !== "no");
    if (alerts.length === 0) {
      const rules = [...new Set(read.map(({ rule }) => rule))];
      return front.desk.log.debug({ channel: post.channel, ts: post.ts, source, rules }, "a post is not about memory");
    }
    self ??= await front.chat.self();
    if (post.userId === self.userId || post.botId === self.botId) return;
    const threadTs = post.threadTs ?? post.ts;
    const place = { slot: pickerSlot(post.channel, threadTs), channel: post.channel, threadTs };
    const heardAtMs = postedAt(post) ?? receivedAtMs;
    await takeEach(alerts.entries(), ([index, alert]) =>
      takeAlert(front, { key: `${post.channel}/${post.ts}/${index}`, alert, heardAtMs, changedAtMs: receivedAtMs }, place),
    );
  };
}

/** What people write in threads is talk about an alert, not an alert. */
export function isTalk({ ts, threadTs, botId }: Partial<Pick<Post, "ts" | "threadTs" | "botId">>): boolean {
  return threadTs !== undefined && threadTs !== ts && botId === undefined;
}

/** A post's timestamp is seconds since 1970. Undefined for what cannot be one. */
export function postedAt({ ts }: Pick<Post, "ts">): number | undefined {
  return /^\d{10}\.\d{1,6}$/.test(ts) ? Math.round(Number(ts) * 1000) : undefined;
}

/** Where the thread's question, and then its answer, stands. */
export function pickerSlot(channel: string, threadTs: string): string {
  return `alert/${channel}/${threadTs}/which`;
}
