import { resolve } from "node:path";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findDocker } from "../../../scripts/lab/docker.ts";
import { findKubernetes, kubectlCreate } from "../../../scripts/lab/kubernetes.ts";
import { noteAbsentSystem, noteRealSystem } from "../../../scripts/lab/real-systems.ts";
import { fillUntilRefused } from "../../../scripts/lab/redis.ts";
import { httpCheck } from "../../../src/adapters/http/http-check.ts";
import { createPodPorts } from "../../../src/adapters/kubernetes/pod-ports.ts";
import { createKeyValueServers } from "../../../src/adapters/redis/key-value-servers.ts";
import type { RedisConnectionSettings } from "../../../src/adapters/redis/settings.ts";
import { randomIds } from "../../../src/adapters/system/random-ids.ts";
import { OomphError } from "../../../src/domain/errors.ts";
import type { PodPort } from "../../../src/domain/workload.ts";
import type { PodPorts, WayIn } from "../../../src/ports/pod-ports.ts";
import { redisMemoryRunbook } from "../../../src/runbooks/redis-memory/index.ts";
import { runRunbook } from "../../../src/runbooks/run-runbook.ts";
import { actionOf, connectionTo, depsFor, planned, realClock, startRun } from "../../actions/redis/lab.ts";
import { keyValueServerContract, type KeyValueLab } from "../../contract/key-value-server.ts";
import { EVERY_NAMESPACE, GENEROUS, silentLog } from "../kubernetes/api-server.ts";
import { bareImage, openNamespace, shellImage } from "../kubernetes/inside/pods.ts";
import { anotherClient } from "./lab.ts";

const [docker, kubernetes] = [await findDocker(), await findKubernetes()];
if (kubernetes.kind === "there") noteRealSystem("kubernetes", kubernetes.version);
else noteAbsentSystem("kubernetes", kubernetes.because);
const isThere = docker.kind === "there" && kubernetes.kind === "there";

const COMMAND = ["redis-server", "/etc/redis.conf", "--protected-mode", "no"];
const TREES = { [resolve(import.meta.dirname, "../../fixtures/redis/redis.conf")]: "/etc/redis.conf" };
type Pod = "with-shell" | "bare";
const ends: (() => Promise<void>)[] = [];

describe.skipIf(!isThere)("a Redis inside a cluster", () => {
  let ports: PodPorts;
  let namespace: string;
  let addresses: Readonly<Record<Pod, string>>;

  beforeAll(async () => {
    const access = { kind: "kubeconfig", paths: [process.env["KUBECONFIG"] ?? ""], pluginEnvironment: {} } as const;
    ports = createPodPorts([{ name: "lab", access, namespaces: EVERY_NAMESPACE, ...GENEROUS }], { log: silentLog });
    const [shell, bare, own] = await Promise.all([
      shellImage(["redis-server"], TREES),
      bareImage(["redis-server", "redis-cli"], TREES),
      openNamespace(),
    ]);
    ends.push(own.close);
    namespace = own.namespace;
    const labels = { app: "redis" };
    const [first, second] = await Promise.all([
      own.pod({ name: "with-shell", image: shell, command: COMMAND, labels, limit: "512Mi" }),
      own.pod({ name: "bare", image: bare, command: COMMAND }),
    ]);
    addresses = { "with-shell": first, bare: second };
    const spec = { selector: labels, ports: [{ port: 6400, targetPort: 6379 }] };
    await kubectlCreate({ apiVersion: "v1", kind: "Service", metadata: { name: "redis", namespace }, spec });
  });

  afterAll(async () => {
    for (const end of ends) await end();
  });

  function settings(pod: string, more: Partial<RedisConnectionSettings> = {}): RedisConnectionSettings {
    const at = { connection: "lab", namespace, by: { kind: "pod", name: pod }, port: 6379 } as const;
    return connectionTo({ host: "", port: 0 }, { topology: { kind: "pod", at }, ...GENEROUS_COMMANDS, ...more });
  }
  /** Only by programs, as where port-forward is forbidden. */
  const byPrograms: PodPorts = async (at) => (await ports(at)).map((way): WayIn => (way.by === "exec" ? way : { ...way, open: forbidden }));

  async function labOf(pod: Pod): Promise<KeyValueLab> {
    const connection = settings(pod);
    const client = new Redis({ host: addresses[pod] });
    client.on("error", () => undefined);
    return {
      servers: createKeyValueServers([connection], { log: silentLog, podPorts: byPrograms }),
      name: connection.name,
      topology: "single",
      database: 0,
      nodes: 1,
      address: `${namespace}/${pod}:6379`,
      run: (command, ...args) => client.callBuffer(command, [...args]),
      runEverywhere: async (command, ...args) => [await client.call(command, [...args])],
      connectAnother: () => anotherClient(client),
      stop: async () => client.disconnect(),
    };
  }
  keyValueServerContract("in a pod, by nc inside it", () => labOf("with-shell"));
  keyValueServerContract("in a pod, by nothing but redis-cli inside it", () => labOf("bare"));

  test.each(["with-shell", "bare"] as const)("database 2 of %s is found full and flushed, and nothing else", async (pod) => {
    const lab = await labOf(pod);
    const inDatabase2 = new Redis({ host: addresses[pod], db: 2 });
    try {
      await lab.run("FLUSHALL");
      await lab.run("CONFIG", "SET", "maxmemory", "16mb");
      await lab.run("SET", "kept", "yes");
      await fillUntilRefused({ client: inDatabase2 }, { database: 2, prefix: "dedup:", valueBytes: 200 });
      const target = { kind: "redis", name: "sessions", database: 2 } as const;
      const runbook = redisMemoryRunbook({ servers: lab.servers, clock: realClock, censusBudgetMs: 30_000, httpCheck });
      const found = await runRunbook(runbook, target, { clock: realClock, ids: randomIds });
      expect(found).toMatchObject({
        kind: "done",
        failures: [],
        diagnosis: { finding: { verdict: "full-under-noeviction" } },
      });
      const flush = actionOf(depsFor(settings(pod), { servers: lab.servers }), "redis.flush-db");
      const plan = await planned(flush.plan(target, {}));
      const run = startRun();
      await flush.apply(plan, run);
      expect(await flush.verify(plan, run)).toMatchObject({ helped: true, says: "Database 2 was flushed. Writes are accepted again." });
      expect(await inDatabase2.dbsize()).toBe(0);
      expect(await lab.run("GET", "kept")).toEqual(Buffer.from("yes"));
    } finally {
      await lab.run("CONFIG", "SET", "maxmemory", "0");
      inDatabase2.disconnect();
      await lab.stop();
    }
  });

  test("by a port-forward through the Service, where the node can forward; by a program where it cannot", async () => {
    const at = { connection: "lab", namespace, by: { kind: "service", name: "redis" }, port: 6400 } as const;
    const servers = createKeyValueServers([settings("", { topology: { kind: "pod", at } })], { log: silentLog, podPorts: ports });
    const opened = await servers.open("sessions");
    expect(opened.nodes[0]?.address).toBe(`${namespace}/redis:6400`);
    expect(await opened.nodes[0]?.info()).toMatchObject({ maxmemory_policy: "noeviction" });
    expect(opened.containerLimitBytes).toBe(512 * 2 ** 20);
    await opened.close();
    expect(servers.settings("sessions")?.aliases).toContain(`redis.${namespace}.svc`);
  });

  test("a port on which nothing listens, a pod that is not there: said as it is", async () => {
    const at = { connection: "lab", namespace, by: { kind: "pod", name: "with-shell" }, port: 7000 } as const;
    const open = (place: PodPort, podPorts = ports) =>
      createKeyValueServers([settings("", { topology: { kind: "pod", at: place } })], { log: silentLog, podPorts }).open("sessions");
    await expect(open(at)).rejects.toMatchObject({ code: "unreachable", message: expect.stringContaining("Nothing listens on port 7000") });
    await expect(open(at, byPrograms)).rejects.toMatchObject({ code: "unreachable" });
    await expect(open({ ...at, by: { kind: "pod", name: "nobody" } })).rejects.toMatchObject({ code: "not-found" });
  });
});

const GENEROUS_COMMANDS = { connectTimeoutMs: 60_000, commandTimeoutMs: 60_000 };

async function forbidden(): Promise<never> {
  throw new OomphError("no-rights", "Port-forward is not allowed here.");
}
