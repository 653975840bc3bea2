import type { Alert } from "../domain/alert.ts";
import { given } from "../domain/given.ts";
import type { Message } from "../domain/message.ts";
import type { TargetList } from "../ports/planner.ts";
import { targetPicker } from "../messages/target-picker.ts";
import type { Inbound } from "../ports/inbound.ts";
import { refusedUnless } from "./access.ts";
import { attempt } from "./attempt.ts";
import type { Front } from "./front.ts";
import type { Victim } from "./find-victim.ts";
import { investigate } from "./investigate.ts";
import { postedAt } from "./on-post.ts";
import { victimOf } from "./victim-of.ts";
import { tellOne } from "./tell-one.ts";
import { targetOfAlert } from "./target-of-alert.ts";
import { formatTarget } from "../domain/target.ts";
import { note } from "../messages/note.ts";

type Shortcut = Extract<Inbound, { readonly kind: "shortcut" }>;

/** "Investigate with Oomph" on any message: the thread hangs below it. Unsure which target: asks who pressed. */
export async function onShortcut(front: Front, inbound: Shortcut): Promise<void> {
  const answer = await attempt(front, () => look(front, inbound));
  if (answer === undefined) return;
  const { userId, post, responseUrl } = inbound;
  const asked = {
    userId,
    channel: post.channel,
    threadTs: post.threadTs ?? post.ts,
    whisperFirst: true,
    ...given({ responseUrl }),
  } as const;
  await tellOne(front, asked, answer);
}

async function look(front: Front, { userId, post }: Shortcut): Promise<Message | undefined> {
  const refused = await refusedUnless(front, "investigators", userId);
  if (refused !== undefined) return refused;
  const list = await front.desk.targets.list();
  const alert = (await front.readAlert(post)).alerts.find(({ memory }) => memory !== "no");
  const victim = await meant(front, { post, alert }, list);
  if (victim.kind === "several")
    return targetPicker({ says: victim.because, targets: victim.targets, chosenFor: given({ alertClass: alert?.class }) });
  if (victim.kind === "none") {
    const says = `${victim.because === undefined ? "" : `${victim.because} `}Which one is this about?`;
    return targetPicker({ says, targets: list.known.map((one) => one.target) });
  }
  const { target } = victim;
  const threadTs = post.threadTs ?? post.ts;
  const answer = await investigate(
    front,
    { userId, channel: post.channel, threadTs },
    { target: formatTarget(target), ...given({ alertClass: alert?.class }) },
  );
  return answer ?? note(`Looking at \`${formatTarget(target)}\`, in the thread.`);
}

type Pointed = Pick<Shortcut, "post"> & { readonly alert: Alert | undefined };

/** A person pointed at the post, so words in it count even where it is no alert. */
async function meant(front: Front, { post, alert }: Pointed, list: TargetList): Promise<Victim> {
  const heardAtMs = postedAt(post) ?? front.desk.clock.nowMs();
  const victim: Victim = alert === undefined ? { kind: "none" } : await victimOf(front, { alert, heardAtMs });
  if (victim.kind === "found" || (victim.kind === "several" && alert !== undefined && alert.kills.length > 0)) return victim;
  const found = targetOfAlert(post.text.slice(0, 4000).split(/[\s,;"'`()<>]+/), list);
  return found.kind === "found" ? found : { kind: "none", ...(victim.kind === "none" ? victim : {}) };
}
