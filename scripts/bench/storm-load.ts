/** What a storm sends: webhook bodies of several alerts and Slack posts, mixed, and some critical ones between. */
import type { ChildProcess } from "node:child_process";
import { createDeliver } from "../lab/slack/delivery.ts";
import { asParams } from "../lab/slack/http.ts";
import type { LabSlack } from "../lab/slack/index.ts";
import { toMessage } from "../lab/slack/own-methods.ts";
import { createPayloads } from "../lab/slack/payloads.ts";

export type StormScale = {
  /** In all, the critical ones included. */
  readonly alerts: number;
  /** Containers that they are about. */
  readonly fingerprints: number;
  /** In which they are sent. */
  readonly seconds: number;
  /** Sent one by one over the time, each of a container of its own. */
  readonly criticals: number;
  /** Decisions taken meanwhile. */
  readonly outcomes: number;
  /** For how long it is asked before, when nothing else goes on. */
  readonly idleSeconds: number;
};

/** A process that the storm is sent to. */
export type Replica = { readonly url: string; readonly eventsUrl: string; readonly process: ChildProcess };

export type Critical = { readonly name: string; sentAtMs?: number; firstLineMs?: number };

export type StormLoad = {
  readonly criticals: readonly Critical[];
  /** Half of the way through, `halfway` is called; what one does not take any more the other gets. Returns how long it took. */
  send(to: readonly [Replica, Replica], halfway: () => Promise<void>): Promise<number>;
};

type Parts = {
  readonly slack: LabSlack;
  readonly secret: string;
  readonly names: readonly string[];
  readonly scale: StormScale;
  /** Is it the first message of a container's thread? */
  isRootOf(text: string, name: string): boolean;
};
type Shot = (to: Replica) => Promise<boolean>;

// Alertmanager's groups.
const IN_A_BODY = 10;
const AT_ONCE = 24;

export async function stormLoad({ slack, secret, names, scale, isRootOf }: Parts): Promise<StormLoad> {
  const criticals: Critical[] = names.slice(0, scale.criticals).map((name) => ({ name }));
  const warned = names.slice(scale.criticals);
  const usual = scale.alerts - scale.criticals;
  const fromPosts = Math.floor(usual / 2);
  const numbers = Array.from({ length: usual }, (_, index) => index);
  const nameAt = (index: number): string => warned[index % warned.length] ?? "";
  const posts: Shot[] = [];
  for (const index of numbers.slice(0, fromPosts)) posts.push(await postOf(slack, nameAt(index), index));
  const bodies: Shot[] = [];
  for (let from = fromPosts; from < usual; from += IN_A_BODY) {
    const part = numbers.slice(from, from + IN_A_BODY).map((index) => alertOf(nameAt(index), { severity: "warning", index }));
    bodies.push(bodyOf(secret, part, `g${from}`));
  }
  const stop = listen(slack, criticals, isRootOf);
  const urgent = criticals.map((critical, index): Shot => {
    const shot = bodyOf(secret, [alertOf(critical.name, { severity: "critical", index })], `c${index}`);
    return (to) => {
      critical.sentAtMs ??= Date.now();
      return shot(to);
    };
  });
  const shots = spread(spread(bodies, posts), urgent);
  return {
    criticals,
    async send(to, halfway) {
      try {
        return await fire(shots, { to, halfway, seconds: scale.seconds });
      } finally {
        setTimeout(stop, 300_000).unref();
      }
    },
  };
}

/** Fewer spread evenly among more. */
function spread(one: readonly Shot[], other: readonly Shot[]): readonly Shot[] {
  const place = (shots: readonly Shot[]) => shots.map((shot, index) => ({ shot, at: (index + 0.5) / shots.length }));
  return [...place(one), ...place(other)].toSorted((left, right) => left.at - right.at).map(({ shot }) => shot);
}

type Firing = { readonly to: readonly [Replica, Replica]; readonly halfway: () => Promise<void>; readonly seconds: number };

async function fire(shots: readonly Shot[], { to, halfway, seconds }: Firing): Promise<number> {
  const startMs = Date.now();
  const half = Math.floor(shots.length / 2);
  let next = 0;
  let killing: Promise<void> | undefined;
  const gunner = async (): Promise<void> => {
    for (let index = next++; index < shots.length; index = next++) {
      const waitMs = startMs + (index * seconds * 1_000) / shots.length - Date.now();
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      if (index >= half) killing ??= halfway();
      await taken(shots[index], to, index);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, gunner));
  await killing;
  return Date.now() - startMs;
}

/** Senders repeat what was not taken, and whoever balances the load sends it to another. */
async function taken(shot: Shot | undefined, to: readonly [Replica, Replica], index: number): Promise<void> {
  if (shot === undefined) return;
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const target = to[(index + attempt) % 2 === 0 ? 0 : 1];
    if (target.process.exitCode === null && target.process.signalCode === null && (await shot(target).catch(() => false))) return;
    await new Promise((resolve) => setTimeout(resolve, attempt < 2 ? 0 : 200));
  }
}

function bodyOf(secret: string, alerts: readonly object[], groupKey: string): Shot {
  const body = JSON.stringify({
    version: "4",
    groupKey,
    status: "firing",
    receiver: "oomph",
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: {},
    externalURL: "http://alertmanager.example.com",
    alerts,
  });
  return async ({ url }) => {
    const headers = { "content-type": "application/json", authorization: `Bearer ${secret}` };
    const { status } = await fetch(`${url}/webhooks/alertmanager`, { method: "POST", headers, body });
    return status === 200 || status === 202;
  };
}

type AlertWords = { readonly severity: string; readonly index: number };

function alertOf(name: string, { severity, index }: AlertWords): object {
  return {
    status: "firing",
    labels: { alertname: "ContainerMemoryUsageHigh", severity, name, image: "shop/web:1.4", instance: "cadvisor:8080" },
    annotations: { summary: `Memory of container ${name} is above 90% of its limit`, number: String(index) },
    startsAt: new Date(Date.UTC(2026, 10, 1) + index * 1_000).toISOString(),
    fingerprint: `${name}-${index}`,
  };
}

/** The post stands in Slack before it is told of. */
async function postOf(slack: LabSlack, name: string, index: number): Promise<Shot> {
  const text = `[FIRING:1] ContainerMemoryUsageHigh (warning)\nMemory of container ${name} is above 90% of its limit\nalertname=ContainerMemoryUsageHigh\nseverity=warning\nname=${name}\nimage=shop/web:1.4\nnumber=${index}`;
  const reply = await slack.callAs("alerts", "chat.postMessage", { channel: slack.id("alerts"), text });
  const message = toMessage(asParams(reply["message"]), slack.id("alerts"));
  const sent = createPayloads(slack).message(message, "bot_message");
  return async ({ eventsUrl }) => (await createDeliver(slack, eventsUrl)(sent, {})).status === 200;
}

function listen(slack: LabSlack, criticals: readonly Critical[], isRootOf: Parts["isRootOf"]): () => void {
  return slack.onOwnMessage((message, change) => {
    if (change !== "posted" || message.thread_ts !== undefined) return;
    const critical = criticals.find(({ name }) => isRootOf(message.text, name));
    if (critical?.sentAtMs !== undefined && critical.firstLineMs === undefined) critical.firstLineMs = Date.now() - critical.sentAtMs;
  });
}
