import { messageOf, OomphError } from "../domain/errors.ts";
import { given } from "../domain/given.ts";
import type { Message } from "../domain/message.ts";
import { formatTarget, targetKey, type Target } from "../domain/target.ts";
import { commit } from "../incidents/commit.ts";
import { memoryTop } from "../messages/memory-top.ts";
import { refusal } from "../messages/refusal.ts";
import { targetPicker } from "../messages/target-picker.ts";
import { trendNote } from "../messages/trend-note.ts";
import type { TrendPicture } from "../ports/memory-history.ts";
import { lookUpTarget } from "./find-target.ts";
import type { Asker, Front } from "./front.ts";
import { unknownTarget } from "./investigate.ts";
import type { TopAsked } from "./top-words.ts";

const PATIENCE_MS = 10_000;
const NO_HOST = {
  because: "no Docker host is configured, and no cluster",
  todo: "Name one in oomph.yaml under `docker.connections` or `kubernetes.connections`, or set `OOMPH_DOCKER_HOST` (such as unix:///var/run/docker.sock) or `OOMPH_KUBECONFIG`, and start Oomph again.",
};
const NO_CLUSTER = {
  because: "no cluster is configured",
  todo: "Name one in oomph.yaml under `kubernetes.connections`, or set `OOMPH_KUBECONFIG`, and start Oomph again.",
};

/** `/oom top`: every container against its limit, read now. */
export async function top(front: Front, asked: TopAsked): Promise<Message> {
  const { filter } = asked;
  const { rows, down, missing, sources } = await front.memory.top(AbortSignal.timeout(PATIENCE_MS), asked);
  if (sources === 0) return refusal(asked.of === "pods" ? NO_CLUSTER : NO_HOST);
  const wanted = filter?.toLowerCase();
  const isWanted = ({ target }: { readonly target: Target }): boolean =>
    wanted === undefined || formatTarget(target).toLowerCase().includes(wanted);
  const { selector } = asked;
  return memoryTop({ rows: rows.filter(isWanted), down: down.filter(isWanted), missing, ...given({ filter, selector }) });
}

/** `/oom trend`: what the readings show, in words at once and as a chart in the channel. */
export async function trend(front: Front, asker: Asker, typed: string): Promise<Message> {
  const found = await lookUpTarget(typed, front.desk.targets);
  if (found.kind === "none") return unknownTarget(found);
  if (found.kind === "several") return targetPicker({ says: `"${typed.slice(0, 60)}" may mean several.`, targets: found.targets });
  const { target } = found;
  const drawn = await draw(front, target);
  if ("refusal" in drawn) return drawn.refusal;
  await post(front, asker, { target, drawn });
  return trendNote({ target, ...drawn });
}

async function draw({ memory }: Front, target: Target): Promise<TrendPicture | { readonly refusal: Message }> {
  try {
    const drawn = await memory.picture(target);
    return drawn ?? { refusal: nothingRead(target) };
  } catch (error) {
    if (!(error instanceof OomphError)) throw error;
    return { refusal: refusal({ because: `the chart could not be drawn: ${messageOf(error)}` }) };
  }
}

function nothingRead(target: Target): Message {
  if (target.kind === "redis" || target.kind === "node")
    return refusal({
      because: "the watch looks at containers and pods only",
      todo: `\`/oom investigate ${formatTarget(target)}\` shows how it is now.`,
    });
  return refusal({
    because: `the watch has not read ${formatTarget(target)} yet`,
    todo: "It looks every few minutes (watch.every), where it is on.",
  });
}

async function post(
  { desk }: Front,
  asker: Asker,
  { target, drawn }: { readonly target: Target; readonly drawn: TrendPicture },
): Promise<void> {
  const name = `${targetKey(target).replaceAll(/[^\w.-]/g, "_")}.png`;
  const base64 = Buffer.from(drawn.picture).toString("base64");
  await commit(desk, (tables) =>
    tables.outbox.say(
      {
        slot: `trend/${desk.ids.next("trd")}`,
        channel: asker.channel,
        ...(asker.threadTs === undefined ? {} : { thread: { ts: asker.threadTs } }),
        content: { kind: "file", name, title: drawn.says.slice(0, 250), base64 },
        priority: 2,
        onBehalfOf: asker.userId,
      },
      desk.ids.next("dlv"),
      desk.clock.nowMs(),
    ),
  );
}
