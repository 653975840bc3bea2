/** The same storm into two bare apps on one Redis, before the same Slack; one is killed in the middle. */
import { startRedis } from "../lab/redis.ts";
import { startSlack, type LabSlack } from "../lab/slack/index.ts";
import { startBare } from "./start-bare.ts";
import { acknowledgements } from "./storm-acks.ts";
import { stormLoad, type StormScale } from "./storm-load.ts";

export type BareStormFigures = {
  /** Alerts that stand in Slack, which is the only place where they are kept, `bareLookedAfterSeconds` after the storm began. */
  readonly bareAccounted: number;
  readonly bareLookedAfterSeconds: number;
  /** Containers that have a thread. */
  readonly bareIncidents: number;
  /** Threads beyond the first of a container. */
  readonly bareDuplicatedThreads: number;
  readonly bareAckIdleP99Ms: number;
  readonly bareAckP99Ms: number;
  readonly bareAckP99Ratio: number;
  /** Of those that have one, the slowest; and how many have none. */
  readonly bareCriticalFirstLineMs: number;
  readonly bareCriticalsUntold: number;
};

type Parts = { readonly names: readonly string[]; readonly secret: string; readonly scale: StormScale };

export async function bareStorm({ names, secret, scale }: Parts, withinSeconds: number): Promise<BareStormFigures> {
  const queue = await startRedis({ policy: "noeviction", lines: ["appendonly yes"] });
  const slack = await startSlack({ paced: true, channels: ["alerts", "incidents", "decisions"] });
  const args = [queue.url, slack.signingSecret, slack.botToken, slack.apiUrl, slack.id("incidents")];
  const kept = await startBare("bare-storm-app.ts", args);
  const killed = await startBare("bare-storm-app.ts", args);
  try {
    const idle = await acknowledgements(slack, kept, scale.idleSeconds);
    const load = await stormLoad({ slack, secret, names, scale, isRootOf: (text, name) => text.startsWith(`Memory of ${name} `) });
    const beganAtMs = Date.now();
    const acks = acknowledgements(slack, kept, scale.seconds);
    await load.send([kept, killed], () => killed.stop());
    const busy = await acks;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, beganAtMs + withinSeconds * 1_000 - Date.now())));
    const told = toldIn(slack);
    const lines = load.criticals.flatMap(({ firstLineMs }) => firstLineMs ?? []);
    return {
      ...told,
      bareLookedAfterSeconds: (Date.now() - beganAtMs) / 1_000,
      bareAckIdleP99Ms: idle.p99Ms,
      bareAckP99Ms: busy.p99Ms,
      bareAckP99Ratio: busy.p99Ms / idle.p99Ms,
      bareCriticalFirstLineMs: Math.max(0, ...lines),
      bareCriticalsUntold: scale.criticals - lines.length,
    };
  } finally {
    await Promise.all([kept.stop(), killed.stop()]);
    await Promise.all([slack.stop(), queue.stop()]);
  }
}

function toldIn(slack: LabSlack): Pick<BareStormFigures, "bareAccounted" | "bareIncidents" | "bareDuplicatedThreads"> {
  const posts = slack.calls("chat.postMessage").filter(({ outcome, channel }) => outcome === "ok" && channel === slack.id("incidents"));
  const alerts = new Set(posts.map(({ params }) => /\(alert (\S+)\)$/.exec(String(params["text"]))?.[1]));
  const roots = posts.filter(({ params }) => params["thread_ts"] === undefined);
  const containers = new Set(roots.map(({ params }) => /^Memory of (\S+)/.exec(String(params["text"]))?.[1]));
  return { bareAccounted: alerts.size, bareIncidents: containers.size, bareDuplicatedThreads: roots.length - containers.size };
}
