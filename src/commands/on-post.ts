import type { AlertReading, Post } from "../domain/alert.ts";
import { formatTarget, type Target } from "../domain/target.ts";
import type { Opened } from "../incidents/open-incident.ts";
import { resolveByAlert } from "../incidents/resolve.ts";
import { note } from "../messages/note.ts";
import { startedNote } from "../messages/started-note.ts";
import { targetPicker } from "../messages/target-picker.ts";
import type { Chat } from "../ports/chat.ts";
import type { Inbound } from "../ports/inbound.ts";
import type { TargetList } from "../ports/planner.ts";
import type { Front } from "./front.ts";
import { open, threadLink } from "./investigate.ts";
import { say } from "./say.ts";
import { targetOfAlert } from "./target-of-alert.ts";

type PostIn = Extract<Inbound, { readonly kind: "post" }>;
type AboutMemory = Extract<AlertReading, { readonly kind: "about-memory" }>;
type Self = Awaited<ReturnType<Chat["self"]>>;

/** Reads the alert channels. Posts that are no alert about memory, and Oomph's own, are left alone without a trace. */
export function createPostListener(front: Front): (inbound: PostIn) => Promise<void> {
  let self: Self | undefined;
  return async ({ post }) => {
    if (!front.alertChannels.includes(post.channel) || isTalk(post)) return;
    const reading = front.readAlert(post);
    if (reading.kind === "not-about-memory") return;
    self ??= await front.chat.self();
    if (post.userId === self.userId || post.botId === self.botId) return;
    await (reading.status === "resolved" ? onResolved(front, post, reading) : onFiring(front, post, reading));
  };
}

/** What people write in threads is talk about an alert, not an alert. */
function isTalk(post: Post): boolean {
  return post.threadTs !== undefined && post.threadTs !== post.ts && post.botId === undefined;
}

async function onFiring(front: Front, post: Post, reading: AboutMemory): Promise<void> {
  const threadTs = post.threadTs ?? post.ts;
  const reply = { slot: pickerSlot(post.channel, threadTs), channel: post.channel, threadTs };
  const list = await front.desk.targets.list();
  const found = targetOfAlert(reading.names, list);
  const only = found.kind === "found" ? undefined : theOnlyOne(list, reading);
  const target = found.kind === "found" ? found.target : only;
  if (target === undefined) return askWhich(front, reply, { reading, targets: found.kind === "unsure" ? found.targets : [] });

  if (only !== undefined)
    await say(
      front,
      reply,
      note(`This does not say which Redis it is about. \`${formatTarget(only)}\` is the only one that I know, so I look at that.`),
    );
  const opened = await open(front, { target, actor: { kind: "alert", source: reading.source }, channel: post.channel, rootTs: threadTs });
  if (opened.kind === "no-runbook") await say(front, reply, opened.refusal);
  else if (opened.kind === "reopened" && opened.incident.rootTs !== threadTs) await sayWhere(front, reply, opened);
}

/** It goes on in the incident's own thread, which may be far up: who reads the newest post is led there. */
async function sayWhere(front: Front, reply: Parameters<typeof say>[1], { kind, incident, investigation }: Opened): Promise<void> {
  const permalink = await threadLink(front, incident);
  await say(
    front,
    reply,
    startedNote({ kind, incident, looking: investigation !== undefined, ...(permalink === undefined ? {} : { permalink }) }),
  );
}

/** Where nothing is named there can be no doubt among one; a plain log line names who wrote it, not its Redis. */
function theOnlyOne({ known }: TargetList, reading: AboutMemory): Target | undefined {
  const [only, ...others] = known;
  return others.length === 0 && (reading.names.length === 0 || reading.source === "text") ? only?.target : undefined;
}

/** Where the thread's question, and then its answer, stands. */
export function pickerSlot(channel: string, threadTs: string): string {
  return `alert/${channel}/${threadTs}/which`;
}

type Question = { readonly reading: AboutMemory; readonly targets: readonly Target[] };

async function askWhich(front: Front, reply: Parameters<typeof say>[1], { reading, targets }: Question): Promise<void> {
  if (targets.length === 0) return;
  const named = reading.names[0];
  const says =
    named === undefined
      ? "This is about the memory of a Redis, but the alert does not say which."
      : `This is about the memory of a Redis, but I do not know "${named.slice(0, 80)}".`;
  await say(front, reply, targetPicker({ says, targets }));
}

async function onResolved(front: Front, post: Post, reading: AboutMemory): Promise<void> {
  const list = await front.desk.targets.list();
  const found = targetOfAlert(reading.names, list);
  const target = found.kind === "found" ? found.target : theOnlyOne(list, reading);
  if (target === undefined) return;
  const resolved = await resolveByAlert(front.desk, { target, problem: reading.problem, source: reading.source });
  front.desk.log.info({ channel: post.channel, ts: post.ts, resolved: resolved.kind }, "an alert resolved");
}
