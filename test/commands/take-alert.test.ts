import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startDaemon, type LabDaemon } from "../../scripts/lab/daemon/daemon.ts";
import { createContainerHosts } from "../../src/adapters/docker/container-hosts.ts";
import { createContainerTargets } from "../../src/adapters/docker/container-targets.ts";
import { flattenPost } from "../../src/adapters/slack/flatten-post.ts";
import { systemClock } from "../../src/adapters/system/system-clock.ts";
import { createJudge } from "../../src/alerts/judge.ts";
import { wazuh } from "../../src/alerts/senders/wazuh/index.ts";
import type { Alert } from "../../src/domain/alert.ts";
import type { ContainerHosts } from "../../src/ports/containers.ts";
import { allTargets } from "../../src/wiring/targets.ts";
import { CHANNEL, REQUESTER, SHOP } from "../support/desk.ts";
import { startFront, type TestFront } from "../support/front.ts";
import { seen } from "../support/seen.ts";
import { targetsOf } from "../support/targets.ts";
import { wazuhAlert, wazuhPost, type WazuhContent } from "../support/wazuh.ts";

// The same for all: what is said once in half an hour must not fall on two sides of it.
const BEGAN_AT_MS = Date.now();
const QUIET = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const KILLED = "Killed process 42 (node) total-vm:1000kB, anon-rss:8192kB, file-rss:0kB, shmem-rss:0kB";
const SINGLE = `Memory cgroup out of memory: ${KILLED}`;

// Daemons of the lab say what they are told to, through the adapter that asks real ones.
describe("an alert about a container", () => {
  let near: LabDaemon;
  let far: LabDaemon;
  let hosts: ContainerHosts;
  let on: TestFront;

  beforeEach(async () => {
    [near, far] = await Promise.all([startDaemon(), startDaemon()]);
    const settings = [near, far].map(({ path }, index) => ({
      name: index === 0 ? "local" : "far",
      endpoint: { kind: "socket", path } as const,
      connectTimeoutMs: 5_000,
      callTimeoutMs: 5_000,
    }));
    hosts = createContainerHosts(settings, { log: QUIET });
    // No answer is kept for seconds: each test changes what runs.
    const clock = { ...systemClock, nowMs: () => (asked += 10_000) };
    let asked = 0;
    on = await startFront({ hosts, targets: allTargets([targetsOf([SHOP]), createContainerTargets(hosts, { clock })]) });
  });
  afterEach(async () => {
    await hosts.close();
    await Promise.all([near.close(), far.close()]);
    await on.test.stop();
  });

  const post = (text: string, ts = now()) =>
    on.receiver.handle({ kind: "post", id: ts, post: { channel: CHANNEL, ts, botId: "B0ALERTS", text }, receivedAtMs: Date.now() });
  const wazuhPosts = (content: WazuhContent, ts = now()) => post(flattenPost(wazuhPost(content)), ts);
  const wazuhSends = (content: WazuhContent) => {
    const sent = wazuh.readSent(wazuhAlert(content));
    if (sent.kind === "unfit") throw new Error(sent.because);
    const alerts = sent.facts.map((facts) => createJudge()(facts, "wazuh"));
    return on.receiver.onAlerts({ id: `wazuh/${sent.id}`, receivedAtMs: BEGAN_AT_MS, alerts });
  };
  const incidents = async () =>
    (await on.front.desk.store.incidents.list({ limit: 10 })).map(({ target, rootTs, problem, openedBy }) => ({
      name: target.kind === "docker" ? `${target.connection}:${target.name}` : target.name,
      problem,
      rootTs,
      by: openedBy.kind === "alert" ? openedBy.source : openedBy.kind,
    }));
  const told = async () => {
    const all = await Promise.all((await on.front.desk.store.incidents.list({ limit: 10 })).map(({ id }) => on.slot(`${id}/alerted`)));
    return all.join("\n");
  };
  const which = async (ts: string) => `${await on.slot(`alert/${CHANNEL}/${ts}/which`)}${await on.asked(ts)}`;

  it("with the container's id in its cgroup opens that container's incident, by webhook in the incident channel", async () => {
    near.put("other");
    const { id } = near.put("shop-web");
    await wazuhSends({
      log: inCgroup(`/docker/${id}`),
    });
    expect(await incidents()).toEqual([{ name: "local:shop-web", problem: "container-memory", rootTs: undefined, by: "wazuh" }]);
    expect(await told()).toBe(
      "The kernel killed node (pid 42): its cgroup reached its limit. The container was found by the container's id in the kernel's line. Told by wazuh.",
    );
  });

  it("by post opens it in the post's thread, and the same kill by webhook is the same incident", async () => {
    const { id } = near.put("shop-web");
    const log = `Task in /system.slice/docker-${id}.scope killed as a result of limit of /system.slice/docker-${id}.scope\nMemory cgroup out of memory: ${KILLED}`;
    await wazuhPosts({ log }, "1795316400.000100");
    await wazuhSends({ log });
    expect(await incidents()).toEqual([{ name: "local:shop-web", problem: "container-memory", rootTs: "1795316400.000100", by: "wazuh" }]);
    expect((await on.front.desk.store.incidents.list({ limit: 1 }))[0]).toMatchObject({ timesSeen: 2 });
  });

  it("that cannot be taken keeps back none that came with it", async () => {
    const judged = (status: "firing" | "resolved", name: string) =>
      createJudge()({ name: "RedisMemoryHigh", status, severity: null, labels: { instance: name }, text: "" }, "grafana");
    const broken: Alert = {
      ...judged("firing", "broken"),
      get subject(): never {
        throw new Error("broken");
      },
    };
    const alerts = [broken, judged("firing", SHOP.name), judged("resolved", "other"), judged("firing", SHOP.name)];
    await expect(on.receiver.onAlerts({ id: "grafana/1", receivedAtMs: BEGAN_AT_MS, alerts })).rejects.toThrow("broken");
    expect(await on.front.desk.store.incidents.list({ limit: 9 })).toMatchObject([{ target: SHOP, timesSeen: 2 }]);
  });

  it("that is left out of a message is counted in the incident channel", async () => {
    await on.receiver.onAlerts({ id: "alertmanager/abc", receivedAtMs: BEGAN_AT_MS, alerts: [], leftOut: 7 });
    expect(await on.slot("left-out/alertmanager/abc")).toContain("7 alerts are left out of a message of alertmanager");
    expect(await incidents()).toEqual([]);
  });

  it("with process and pid only is found by what Docker saw just then, and says so", async () => {
    near.put("shop-web");
    near.put("quiet");
    near.happens("shop-web", "oom");
    near.happens("quiet", "start");
    await wazuhSends({ log: SINGLE, host: "lab" });
    expect(await incidents()).toMatchObject([{ name: "local:shop-web" }]);
    expect(await told()).toContain("Docker saw no other container being killed within 2 minutes of it");
  });

  it("of the whole host's memory opens the container whose process died unasked", async () => {
    near.put("shop-web");
    near.put("stopped");
    near.happens("shop-web", "die", { exitCode: 137 });
    near.happens("stopped", "kill");
    near.happens("stopped", "die", { exitCode: 137 });
    near.happens("quiet", "die", { exitCode: 1 });
    await wazuhSends({ log: `Out of memory: ${KILLED}`, host: "lab.example.com" });
    expect(await incidents()).toMatchObject([{ name: "local:shop-web" }]);
    expect(await told()).toContain("the host had no memory left");
  });

  it("that may mean several is asked, among those alone", async () => {
    const ts = now();
    for (const name of ["shop-web", "shop-db", "quiet"]) near.put(name);
    near.happens("shop-web", "oom");
    near.happens("shop-db", "oom");
    await wazuhPosts({ log: SINGLE, host: "lab" }, ts);
    expect(await incidents()).toEqual([]);
    const question = await which(ts);
    expect(question).toContain("several were killed within 2 minutes");
    expect(question).toContain("[docker/shop-web]\n[docker/shop-db]");
    expect(question).not.toMatch(/quiet|redis/);
    await on.click({ actionId: "target_pick", value: "docker/shop-db", threadTs: ts });
    expect(await incidents()).toMatchObject([{ name: "local:shop-db", rootTs: ts }]);
  });

  it("of a host that no Docker host is named after is asked even where there is one candidate", async () => {
    const ts = now();
    far.put("shop-web");
    far.happens("shop-web", "oom");
    await wazuhPosts({ log: SINGLE, host: "mail-1" }, ts);
    expect(await incidents()).toEqual([]);
    expect(await which(ts)).toContain("No configured Docker host goes by that name");
    await wazuhPosts({ log: SINGLE, host: "far" }, now()); // the connection's own name
    expect(await incidents()).toMatchObject([{ name: "far:shop-web" }]);
  });

  it("that nobody on the configured hosts fits is said as it was read, once per host and process, and how often", async () => {
    near.put("shop-web");
    near.happens("shop-web", "oom", { atMs: Date.now() - 600_000 });
    await wazuhPosts({ log: SINGLE, host: "lab" }, "1795316400.000100");
    const says = await which("1795316400.000100");
    expect(says).toContain("The kernel killed node (pid 42): its cgroup reached its limit; it held 8.0 MiB (on lab).");
    expect(says).toContain("none was killed within 2 minutes of it");
    for (let time = 0; time < 3; time += 1) await wazuhSends({ log: SINGLE, host: "lab" });
    expect(await incidents()).toEqual([]);
    expect(await which("1795316400.000100")).toContain("4 alerts of this so far");
    expect(await on.strays()).toHaveLength(1);
  });

  it("outside of Docker, or in a container elsewhere, is said to be so", async () => {
    near.put("shop-web");
    near.happens("shop-web", "oom");
    await wazuhPosts(
      {
        log: inCgroup("/system.slice/shop.service"),
      },
      "1.1",
    );
    await wazuhPosts(
      {
        log: inCgroup(`/docker/${"a".repeat(64)}`),
      },
      "1.2",
    );
    expect(await incidents()).toEqual([]);
    expect(await which("1.1")).toContain("/system.slice/shop.service on box, which is no container of Docker's");
    expect(await which("1.2")).toContain("container aaaaaaaaaaaa on box, which is on none of the configured Docker hosts");
  });

  it("of a container that is gone is found by the name that Docker remembers", async () => {
    const { id } = near.put("shop-web");
    near.happens("shop-web", "oom");
    near.remove("shop-web");
    await wazuhSends({
      log: inCgroup(`/docker/${id}`),
    });
    expect(await incidents()).toMatchObject([{ name: "local:shop-web" }]);
  });

  it("of another day is not blamed on who was killed just now", async () => {
    near.put("shop-web");
    near.happens("shop-web", "oom");
    const [, month, day] =
      /(\w{3}) (\d\d)/.exec(new Date(BEGAN_AT_MS - 180 * 86_400_000).toUTCString().replace(/(\d\d) (\w{3})/, "$2 $1")) ?? [];
    const line = `${month} ${day} 03:04:05 lab kernel: [1.5] ${SINGLE}`;
    await post(line, now());
    expect(await incidents()).toEqual([]);
  });

  it("while a host does not answer says that it cannot be seen", async () => {
    far.hangs = () => true;
    near.put("shop-web");
    await far.close();
    await wazuhPosts({ log: SINGLE, host: "far" }, "1.1");
    expect(await which("1.1")).toContain("as far as can be seen:");
  });

  it("by its name is found whole, whatever Redis is called alike", async () => {
    near.put("shop"); // as the Redis is
    near.put("shop-2");
    await post("Container shop was OOM killed", "1.1");
    expect(await incidents()).toMatchObject([{ name: "local:shop", problem: "container-memory" }]);
    await post("RedisMemoryHigh on shop", "1.2");
    expect(new Set((await incidents()).map(({ name, problem }) => `${name} ${problem}`))).toEqual(
      new Set(["local:shop container-memory", "shop redis-memory"]),
    );
    await post("Container nobody-has-this was OOM killed", "1.3");
    expect(await which("1.3")).toContain(
      'container "nobody-has-this", which is on none of the configured Docker hosts.\n[Choose its target]',
    );
    expect(await incidents()).toHaveLength(2);
  });

  it("by webhook about what nothing configured knows is asked about, with its own words, and once more is counted; what may be about something else is not", async () => {
    const judged = (name: string, labels: Readonly<Record<string, string>>, summary: string) =>
      createJudge()({ name, status: "firing", severity: "critical", labels, text: summary }, "alertmanager");
    const pod = judged("KubePodOOMKilled", { namespace: "shop", pod: "web-7c9f8d6b5c-x2x4b" }, "Killed for want of memory");
    const node = judged("HostOutOfMemory", { node: "node-7" }, "Node memory is filling up");
    const nobody = judged("ContainerMemoryHigh", {}, "Memory is above 90%");
    const restarts = judged("KubePodCrashLooping", { namespace: "shop", pod: "web-2" }, "Restarts often");
    const alerts = [pod, pod, node, nobody, restarts];
    await on.receiver.onAlerts({ id: "alertmanager/1", receivedAtMs: BEGAN_AT_MS, alerts });
    const asked = await on.asked();
    expect(asked).toContain("🔔 KubePodOOMKilled: Killed for want of memory · critical");
    expect(asked).toContain("no cluster is configured. Told by alertmanager.\n[Choose its target]\n2 alerts of this so far");
    expect(asked).toContain('machine "node-7", which is no node that I know');
    expect(asked).toContain("it does not say whose");
    expect(await on.strays()).toHaveLength(3);
    expect(await incidents()).toEqual([]);
  });

  it("by a name that two hosts have is asked, unless it names the host", async () => {
    near.put("web");
    far.put("web");
    await post("Container web was OOM killed", "1.1");
    expect(await which("1.1")).toContain("[docker/web]\n[far:docker/web]");
    await post("ContainerMemoryHigh name=web host=far", "1.2");
    expect(await incidents()).toMatchObject([{ name: "far:web" }]);
  });

  it("that resolved closes what is open", async () => {
    near.put("web");
    await post("[FIRING:1] ContainerMemoryHigh name=web", "1.1");
    await post("[RESOLVED] ContainerMemoryHigh name=web", "1.2");
    expect(await on.front.desk.store.incidents.list({ limit: 2 })).toMatchObject([{ state: "resolved" }]);
  });

  it("posted while the watch's thread is open elsewhere leads there", async () => {
    near.put("web");
    await wazuhSends({ log: inCgroup(`/docker/${near.put("web").id}`) });
    await post("Container web was OOM killed", "1.1");
    expect(await which("1.1")).toContain("has an open incident already");
    expect(await incidents()).toHaveLength(1);
  });

  it("is understood by the shortcut as well", async () => {
    const { id } = near.put("shop-web");
    const text = `look at this: ${inCgroup(`/docker/${id}`)}`;
    await on.receiver.handle({
      kind: "shortcut",
      id: "s1",
      userId: REQUESTER,
      receivedAtMs: 0,
      post: { channel: "C0OTHER", ts: "3.3", text },
    });
    expect(await incidents()).toMatchObject([{ name: "local:shop-web", rootTs: "3.3" }]);
    await on.receiver.handle({
      kind: "shortcut",
      id: "s2",
      userId: REQUESTER,
      receivedAtMs: 0,
      post: { channel: "C0OTHER", ts: "4.4", text: "hm" },
    });
    expect(on.chat.whispers.map(({ message }) => seen(message)[0])).toEqual([
      "Looking at `docker/shop-web`, in the thread.",
      "Which one is this about?",
    ]);
  });
});

/** The line in which newer kernels name the victim's cgroup. */
function inCgroup(path: string): string {
  return `oom-kill:constraint=CONSTRAINT_MEMCG,oom_memcg=${path},task_memcg=${path},task=node,pid=42,uid=0`;
}

/** As Slack writes the time of a post. */
function now(): string {
  return (Date.now() / 1000).toFixed(6);
}
