import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { openScenes, type RunOptions, type Scene as Container } from "../../scripts/lab/containers/scenes.ts";
import { docker, findDocker, imageFromHost } from "../../scripts/lab/docker.ts";
import { startDockerProxy, type DockerProxy } from "../../scripts/lab/docker-proxy.ts";
import { noteAbsentSystem, noteRealSystem } from "../../scripts/lab/real-systems.ts";
import type { LabMessage } from "../../scripts/lab/slack/index.ts";
import { DOCKER_CALLS, nameOfCall, type DockerCallName } from "../../src/adapters/docker/calls.ts";
import { PATIENCE } from "../support/patience.ts";
import { auditOf } from "./support/audit.ts";
import { countEvents, expectSaid, inspected, piecesOf } from "./support/containers.ts";
import { ask, cards, QUICK, requestIdOf, seen, setScene, textOf, type Scene } from "./support/scene.ts";

const daemon = await findDocker();
if (daemon.kind === "there") noteRealSystem("docker", daemon.version);
else noteAbsentSystem("docker", daemon.because);
const WITHIN_MS = 120_000;
const MIB = 2 ** 20;
const APPROVERS = ["approver", "second", "third", "fourth", "fifth"];
const CHANNELS = ["clicks", "anew", "gone", "renamed", "away", "soon", "limit", "rights", "back", "own"];

// Who may change a container, what has become of it since, and what Oomph never touches: told by the daemon past Oomph.
describe.skipIf(daemon.kind === "absent")("changes of containers", () => {
  const containers = openScenes();
  const daemonSays = countEvents();
  const extra: string[] = [];
  let scene: Scene;
  let proxy: DockerProxy;
  let allowed: ReadonlySet<string> = new Set();

  beforeAll(async () => {
    const host = process.env["DOCKER_HOST"] ?? "unix:///var/run/docker.sock";
    proxy = await startDockerProxy();
    proxy.decide((call) => (allowed.has(call) ? "pass" : 403));
    const queue = await redisInContainer();
    scene = await setScene({
      slack: { users: ["requester", ...APPROVERS, "bystander"], channels: ["alerts", "incidents", ...CHANNELS] },
      settings: (slack) => {
        const everybody = ["requester", ...APPROVERS].map((name) => slack.id(name));
        const approvers = everybody;
        const policies = [
          { name: "soon", targets: [`docker/soon-${process.pid}`], approvers, expiry: "4s" },
          { name: "all", approvers },
        ];
        const connections = { local: { url: host, watch: ["none"] }, reading: { url: `unix://${proxy.path}`, watch: ["none"] } };
        return {
          connections: {},
          queueUrl: queue,
          access: { investigators: everybody, requesters: everybody, policies },
          sections: { ...QUICK, docker: { connections } },
        };
      },
    });
  }, 2 * WITHIN_MS);

  afterAll(async () => {
    await scene.stop();
    await proxy.close();
    await containers.end();
    daemonSays.stop();
    if (extra.length > 0) await docker(["rm", "-f", "-v", ...extra]);
  }, WITHIN_MS);

  test(
    "of ten clicks by five people one wins, and the container is made anew once; who asked cannot approve",
    async () => {
      const web = await small();
      const card = await asked("clicks", `docker.set-environment docker/${web.name} --set TUNED=8`);
      await scene.people().click("requester", card, "request_approve");
      await told("requester", /own request/);
      await Promise.all([...APPROVERS, ...APPROVERS].map((user) => scene.people().click(user, card, "request_approve")));
      await expectSaid(scene, "clicks", /Done, and it helped: Set environment/);
      expect(daemonSays.creationsOf(web)).toHaveLength(1);
      expect(auditOf(scene, requestIdOf(card)).filter((kind) => kind === "decision-approved")).toHaveLength(1);
      const others = () => APPROVERS.flatMap((user) => scene.toldOnly(user)).filter((text) => /did not count/.test(text));
      await seen("nine to be told", () => others().length === 9);
    },
    2 * WITHIN_MS,
  );

  test(
    "re-created by somebody else since: superseded, and the new plan is put to approval",
    async () => {
      const web = await small();
      const card = await asked("anew", `docker.set-environment docker/${web.name} --set TUNED=8`);
      await docker(["rm", "-f", web.id]);
      const other = await small({ name: web.name, env: { TUNED: "4" } });
      await scene.people().click("approver", card, "request_approve");
      await expectSaid(scene, "anew", /Superseded: Set environment/);
      expect((await inspected(web.name))?.id).toBe(other.id);
      const fresh = await seen("the new card", () => cards(scene, "anew").find(({ ts }) => ts !== card.ts));
      await scene.people().click("approver", fresh, "request_approve");
      await expectSaid(scene, "anew", /Done, and it helped: Set environment/);
      expect((await inspected(web.name))?.env).toContain("TUNED=8");
      expect(daemonSays.creationsOf(web)).toHaveLength(1);
    },
    2 * WITHIN_MS,
  );

  test("removed or renamed since the request: nothing is done, and the thread says what is missing", async () => {
    const gone = await small();
    const card = await asked("gone", `docker.set-memory-limit docker/${gone.name} --limit 96m`);
    await docker(["rm", "-f", gone.id]);
    await scene.people().click("approver", card, "request_approve");
    await expectSaid(scene, "gone", /Failed: Set memory limit.*has no container .*nothing was done/s);

    const renamed = await small();
    const second = await asked("renamed", `docker.restart docker/${renamed.name}`);
    await docker(["rename", renamed.name, `${renamed.name}-else`]);
    const before = (await docker(["inspect", "-f", "{{.State.StartedAt}}", renamed.id])).trim();
    await scene.people().click("approver", second, "request_approve");
    await expectSaid(scene, "renamed", /Failed: Restart container.*has no container .*nothing was done/s);
    expect((await docker(["inspect", "-f", "{{.State.StartedAt}}", renamed.id])).trim()).toBe(before);
  });

  test(
    "what cannot be planned is refused with the reason: image gone, restarting in a loop, too late",
    async () => {
      const tag = `oomph-test-gone:${process.pid}`;
      const model = await small();
      const [image] = (await docker(["inspect", "-f", "{{.Image}}", model.id])).trim().split("\n");
      await docker(["commit", model.id, tag]);
      await docker(["rm", "-f", model.id]);
      expect(image).toMatch(/^sha256:/);
      const orphan = await start(["run", "-d", "--name", `${model.name}-orphan`, "--stop-timeout", "1", tag]);
      await docker(["stop", orphan]);
      await docker(["rmi", "-f", tag]);
      await refusedAs("away", `docker.set-environment docker/${orphan} --set TUNED=8`, /not on the host any more|Pull it first/);

      const loop = await containers.shell("exit 3", { restart: "always", env: { TUNED: "auto" } });
      await seen(
        "it to restart",
        async () => Number(await docker(["inspect", "-f", "{{.RestartCount}}", loop.id])) > 1 || undefined,
        WITHIN_MS,
      );
      const card = await asked("away", `docker.set-environment docker/${loop.name} --set TUNED=8`);
      await scene.people().click("approver", card, "request_approve");
      await expectSaid(scene, "away", /Failed: Set environment.*ended with exit code 3.*old container is back/s);
      expect(await inspected(loop.name)).toMatchObject({ id: loop.id, restart: "always" });
      expect(await piecesOf(loop)).toEqual([loop.name]);

      const soon = await small({ name: `soon-${process.pid}` });
      const late = await asked("soon", `docker.restart docker/${soon.name}`);
      await seen("it to expire", () => scene.said("soon").some(({ ts, text }) => ts === late.ts && text.startsWith("Expired")));
      await scene.people().click("approver", late, "request_approve");
      await told("approver", /did not count/);
      expect(auditOf(scene, requestIdOf(late))).not.toContain("run-begun");
    },
    3 * WITHIN_MS,
  );

  test(
    "limits: below what is in use, above the host, on none, beside swap, and changed by somebody else meanwhile",
    async () => {
      const web = await containers.steady({ mib: 40, limitMib: 128 });
      await vi.waitFor(async () => expect(await docker(["logs", web.id])).toContain("steady began"), PATIENCE);
      await refusedAs(
        "limit",
        `docker.set-memory-limit docker/${web.name} --limit 16m`,
        /uses .* now, more than 16\.0 MiB.*--force-below yes/,
      );
      await refusedAs("limit", `docker.set-memory-limit docker/${web.name} --limit 99999g`, /host has .* for everything on it/);
      await refusedAs("limit", `docker.set-memory-limit docker/${web.name} --limit 5m`, /less than Docker takes: expected 6 MiB or more/);
      await refusedAs("limit", `docker.set-memory-limit docker/${web.name} --limit 128m`, /is 128\.0 MiB already/);
      await refusedAs("limit", `docker.set-memory-limit docker/${web.name} --limit 0`, /o limit at all cannot be set|expected a size/);
      await refusedAs("limit", `docker.set-memory-limit docker/${web.name} --limit -1`, /expected|Expected/);

      const raced = await asked("limit", `docker.set-memory-limit docker/${web.name} --limit 160m`);
      await docker(["update", "--memory", "192m", "--memory-swap", "192m", web.id]);
      await scene.people().click("approver", raced, "request_approve");
      await expectSaid(scene, "limit", /Superseded: Set memory limit/);
      expect((await inspected(web.name))?.memoryBytes).toBe(192 * MIB);
      // The new plan has a card of its own, which is not to be taken for the next one's.
      await seen("the new card", () => cards(scene, "limit").find(({ ts }) => ts !== raced.ts));

      const none = await start(["run", "-d", "--name", `${web.name}-none`, "--stop-timeout", "1", await imageOf(web), "sleep", "600"]);
      await refusedAs("limit", `docker.set-memory-limit docker/${none} --limit +50%`, /has no limit now/);
      const first = await asked("limit", `docker.set-memory-limit docker/${none} --limit 64m`);
      await scene.people().click("approver", first, "request_approve");
      await expectSaid(scene, "limit", new RegExp(`Done, and it helped: Set memory limit.*The limit is 64\\.0 MiB`, "s"));
      expect((await inspected(none))?.memoryBytes).toBe(64 * MIB);
    },
    3 * WITHIN_MS,
  );

  test("who has no rights is told so, and nothing comes of it", async () => {
    const web = await small();
    await refusedAs("rights bystander", `docker.restart docker/${web.name}`, /may not/);
    await scene.people().command("bystander", "rights", `/oom investigate docker/${web.name}`);
    await told("bystander", /may not/);
    expect(cards(scene, "rights")).toHaveLength(0);
  });

  test(
    "through a proxy that lets only readings pass, a look is complete and each change is refused by the call that is missing",
    async () => {
      const web = await containers.steady({ mib: 24, env: { TUNED: "auto" } });
      const target = `reading:docker/${web.name}`;
      allowed = callsThatNeed("reading");
      await scene.people().command("requester", "rights", `/oom investigate ${target}`);
      await expectSaid(scene, "rights", /It has room: memory is not the problem here/);

      const all = callsThatNeed("reading", "looking-inside", "acting");
      const before = await docker(["inspect", "-f", "{{.Id}} {{.Name}} {{.State.StartedAt}} {{.HostConfig.Memory}}", web.id]);
      for (const [missing, command] of [
        ["update", `docker.set-memory-limit ${target} --limit 160m`],
        ["restart", `docker.restart ${target}`],
        ["create", `docker.set-environment ${target} --set TUNED=8`],
        ["stop", `docker.set-environment ${target} --set TUNED=8`],
        ["rename", `docker.set-environment ${target} --set TUNED=8`],
        ["start", `docker.set-environment ${target} --set TUNED=8`],
        ["remove", `docker.set-environment ${target} --set TUNED=8`],
      ] as const) {
        const call = nameOfCall(missing);
        allowed = new Set([...all].filter((one) => one !== call));
        await refusedAs("rights", command, new RegExp(`does not allow ${call.replaceAll(/[{}]/g, "\\$&")}`));
      }
      expect(await docker(["inspect", "-f", "{{.Id}} {{.Name}} {{.State.StartedAt}} {{.HostConfig.Memory}}", web.id])).toBe(before);
      expect(await piecesOf(web)).toEqual([web.name]);
    },
    3 * WITHIN_MS,
  );

  test(
    "a way back, and the end of one, are refused by the call that is missing before anything is touched",
    async () => {
      const web = await small();
      const change = await asked("back", `docker.set-environment docker/${web.name} --set TUNED=8`);
      await scene.people().click("approver", change, "request_approve");
      await expectSaid(scene, "back", /Done, and it helped: Set environment/);
      const pieces = await piecesOf(web);
      expect(pieces).toHaveLength(2);
      const all = callsThatNeed("reading", "looking-inside", "acting");
      for (const [missing, action] of [
        ["stop", "docker.rollback"],
        ["rename", "docker.rollback"],
        ["start", "docker.rollback"],
        ["remove", "docker.rollback"],
        ["remove", "docker.remove-previous"],
      ] as const) {
        const call = nameOfCall(missing);
        allowed = new Set([...all].filter((one) => one !== call));
        const says = new RegExp(`does not allow ${call.replaceAll(/[{}]/g, "\\$&")}`);
        await refusedAs("back", `${action} reading:docker/${web.name}`, says);
      }
      expect(await piecesOf(web)).toEqual(pieces);
      expect(await inspected(web.name)).toMatchObject({ state: "running" });
    },
    3 * WITHIN_MS,
  );

  test(
    "what Oomph itself runs on is not touched, whatever it is called",
    async () => {
      const [id = ""] = extra;
      const name = (await docker(["inspect", "-f", "{{.Name}}", id])).trim().slice(1);
      await refusedAs("own", `docker.restart docker/${name}`, /the Redis of Oomph's own queue.*never changes what it runs on/);
      await refusedAs("own", `docker.set-memory-limit docker/${name} --limit 96m`, /the Redis of Oomph's own queue/);
      await refusedAs("own", `docker.set-environment docker/${name} --set A=b`, /the Redis of Oomph's own queue/);
      await docker(["rename", name, `${name}-else`]);
      await refusedAs("own", `docker.restart docker/${name}-else`, /the Redis of Oomph's own queue/);
    },
    WITHIN_MS,
  );

  function small(options: RunOptions = {}): Promise<Container> {
    return containers.steady({ mib: 8, ...options, env: { TUNED: "auto", ...options.env } });
  }

  function asked(channel: string, command: string): Promise<LabMessage> {
    return ask(scene, { user: "requester", channel }, command);
  }

  function told(user: string, says: RegExp): Promise<string> {
    return seen(`${user} to be told ${String(says)}`, () => scene.toldOnly(user).find((text) => says.test(text)), WITHIN_MS).catch(() => {
      throw new Error(`Expected ${user} to be told ${String(says)}, got: ${scene.toldOnly(user).join(" | ")}`);
    });
  }

  /** Asked for in a channel, by the requester or the one named: there is no card but a reason. */
  async function refusedAs(where: string, command: string, says: RegExp): Promise<void> {
    const [channel = "", user = "requester"] = where.split(" ");
    const before = scene.toldOnly(user).length;
    const waiting = cards(scene, channel).length;
    await scene.people().command(user, channel, `/oom run ${command}`);
    const answers = () => scene.toldOnly(user).slice(before);
    await seen("an answer", () => answers().some((text) => says.test(text))).catch(() => undefined);
    const everything = [...answers(), ...scene.slack.responses().slice(-3).map(textOf)].join("\n");
    expect(everything, command).toMatch(says);
    expect(cards(scene, channel)).toHaveLength(waiting);
  }

  async function start(args: readonly string[]): Promise<string> {
    const [, , , name = ""] = args;
    extra.push((await docker(args)).trim());
    return name;
  }

  async function imageOf({ id }: Container): Promise<string> {
    return (await docker(["inspect", "-f", "{{.Config.Image}}", id])).trim();
  }

  /** Oomph's own queue, where it usually is: in a container, reached at a port of this host. */
  async function redisInContainer(): Promise<string> {
    const version = await import("../../scripts/lab/redis-process.ts").then(({ redisVersion }) => redisVersion());
    const image = await imageFromHost("oomph-test-redis", { programs: ["redis-server"], version, env: { PATH: "/usr/bin" } });
    const command = [
      "redis-server",
      "--bind",
      "0.0.0.0",
      "--protected-mode",
      "no",
      "--appendonly",
      "yes",
      "--maxmemory-policy",
      "noeviction",
    ];
    const name = await start(["run", "-d", "--name", `oomph-test-queue-${process.pid}`, "-p", "127.0.0.1::6379", image, ...command]);
    const address = (await docker(["port", name, "6379/tcp"])).trim().split("\n")[0] ?? "";
    return `redis://${address}`;
  }
});

function callsThatNeed(...needs: readonly string[]): ReadonlySet<string> {
  const names = Object.keys(DOCKER_CALLS) as DockerCallName[];
  return new Set(names.filter((name) => needs.includes(DOCKER_CALLS[name].needs)).map(nameOfCall));
}
