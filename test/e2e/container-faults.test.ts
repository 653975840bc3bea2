import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openScenes, type RunOptions, type Scene as Container } from "../../scripts/lab/containers/scenes.ts";
import { docker, findDocker } from "../../scripts/lab/docker.ts";
import { isQuestion, startDockerProxy, type DockerProxy, type Fate } from "../../scripts/lab/docker-proxy.ts";
import { noteAbsentSystem, noteRealSystem } from "../../scripts/lab/real-systems.ts";
import { countEvents, expectSaid, inspected, offering, piecesOf, press } from "./support/containers.ts";
import { ask, QUICK, setScene, textOf, type Scene } from "./support/scene.ts";

const daemon = await findDocker();
if (daemon.kind === "there") noteRealSystem("docker", daemon.version);
else noteAbsentSystem("docker", daemon.because);
const WITHIN_MS = 300_000;
const CHANNELS = ["secrets", "flood", "port", "dying", "network", "stopping", "away", "verifying", "looking"];
// Made up, and of shapes that nobody would recognise: only the names of the variables say what they are.
const SECRETS = {
  DB_PASSWORD: "plainwords",
  API_TOKEN: "quiet $HOME `id` = ü",
  SIGNING_KEY: "line one\nline two",
  SESSION_SECRET: `s${"x".repeat(90_000)}`,
};
/** Ways in which a host goes away while it is looked at, each on a host of its own. */
const GONE = ["drop", "hold", 500] as const;
const HOSTILE = { NOTE: "<!channel> *bold* <http://a.b|c> & `tick`", EMPTY: "", LINES: "a\nb=c\n$d", "WITH.DOT": "ü€🧨" };

// What containers, their daemon and the way to it do at the worst moment, on the process as it ships.
describe.skipIf(daemon.kind === "absent").concurrent("a container's change when things break", () => {
  const containers = openScenes();
  const daemonSays = countEvents();
  const networks: string[] = [];
  const proxies = new Map<string, DockerProxy>();
  let scene: Scene;

  beforeAll(async () => {
    for (const name of ["port", "stopping", "away", "verifying", ...GONE.map(lookingAt)]) proxies.set(name, await startDockerProxy());
    const hosts = [...proxies].map(([name, { path }]) => {
      const callTimeout = name === lookingAt("hold") ? "3s" : "60s"; // only one gets no answer: the others' may be slow
      return [name, { url: `unix://${path}`, watch: ["none"], callTimeout }];
    });
    const local = { url: process.env["DOCKER_HOST"] ?? "unix:///var/run/docker.sock", watch: ["none"] };
    scene = await setScene({
      slack: { channels: ["alerts", "incidents", ...CHANNELS] },
      settings: (slack) => ({
        access: { approvers: [slack.id("approver"), slack.id("responder")] },
        connections: {},
        sections: { ...QUICK, docker: { connections: { local, ...Object.fromEntries(hosts) } } },
      }),
    });
  }, WITHIN_MS);

  afterAll(async () => {
    await scene.stop();
    await Promise.all([...proxies.values()].map((proxy) => proxy.close()));
    await containers.end();
    for (const network of networks) await docker(["network", "rm", network]).catch(() => undefined);
    daemonSays.stop();
  }, WITHIN_MS);

  test(
    "secrets and hostile texts: carried over as they are, and in no message, log or record",
    async () => {
      const script = `printf '%s\\n' "password=$DB_PASSWORD" '<!channel> ERROR' "$(printf '\\033[31mred\\033[0m \\377\\376')"; head -c 1000000 /dev/zero | tr '\\0' x; echo; exec sleep 600`;
      const labels = { "label/with-<!here>&`ticks`": '<!channel> $(id) "quoted" ü' };
      const web = await containers.shell(script, { env: { ...SECRETS, ...HOSTILE, TUNED: "auto" }, labels });
      const before = await environmentOf(web.name);
      await scene.people().command("responder", "secrets", `/oom investigate docker/${web.name}`);
      await expectSaid(scene, "secrets", new RegExp(`Container memory: docker/${web.name}, diagnosed`));
      await approved("secrets", `docker.set-environment docker/${web.name} --set TUNED=8`);
      await expectSaid(scene, "secrets", /Done, and it helped: Set environment/);

      const after = await environmentOf(web.name);
      expect(after.filter((one) => !one.startsWith("TUNED=")).toSorted()).toEqual(
        before.filter((one) => !one.startsWith("TUNED=")).toSorted(),
      );
      expect(after).toContain("TUNED=8");
      const said = scene.said().map(textOf).join("\n");
      const kept = ["oomph.sqlite", "oomph.sqlite-wal"]
        .map((file) => readFileSync(join(scene.directory, file)).toString("latin1"))
        .join("\n");
      const log = await scene.oomph().log();
      for (const secret of ["plainwords", "quiet $HOME", "line two", "x".repeat(200)])
        for (const [where, text] of Object.entries({ said, kept, log, told: JSON.stringify(scene.slack.responses()) })) {
          const shown = secret.startsWith("xxx") ? /sxxxxxxxxxx/.test(text) : text.includes(secret);
          expect(shown, `${secret.slice(0, 20)} in ${where}`).toBe(false);
        }
      expect(said).not.toContain("<!channel>");
      expect(said).not.toContain("\u001b[31m");
    },
    WITHIN_MS,
  );

  test(
    "a container that floods its log is looked at to the end",
    async () => {
      const web = await containers.shell("while :; do echo '<!channel> out of memory, a line that comes again and again'; done", {
        cpus: 0.2,
        more: ["--log-opt", "max-size=20m"],
      });
      await scene.people().command("responder", "flood", `/oom investigate docker/${web.name}`);
      await expectSaid(scene, "flood", new RegExp(`${web.name}[^]*(Memory|memory)`));
      await docker(["rm", "-f", web.id]);
    },
    WITHIN_MS,
  );

  test(
    "the new one dies at once: the old one comes back, and the thread says so",
    async () => {
      const web = await small();
      await approved("dying", `docker.set-environment docker/${web.name} --set NODE_OPTIONS=--no-such-option`);
      const said = await expectSaid(scene, "dying", /Failed: Set environment/); // by the card or the reply, whichever was first
      expect(textOf(said)).toMatch(/did not stay up.*exit code 9.*The old container is back and was started, the new one was removed/s);
      expect(await inspected(web.name)).toMatchObject({ id: web.id, state: "running" });
      expect(await piecesOf(web)).toEqual([web.name]);
    },
    WITHIN_MS,
  );

  test(
    "its port is taken in between: neither can start, the thread says so, and the old one comes back on a button once it is free",
    async () => {
      const port = await freePort();
      const web = await small({ more: ["-p", `127.0.0.1:${port}:9000`] });
      const holder = createServer().on("error", () => undefined);
      proxies.get("port")?.decide((call, url) => {
        if (call === "POST /containers/{id}/rename" && url.includes("-before-")) holder.listen(port, "127.0.0.1");
        return "pass";
      });
      await approved("port", `docker.set-environment port:docker/${web.name} --set TUNED=8`);
      const said = await expectSaid(scene, "port", /Failed: Set environment/);
      expect(textOf(said)).toMatch(/could not be started.*The old container could not be brought back in whole/s);
      holder.close();
      await expectRepaired("port", web);
    },
    WITHIN_MS,
  );

  test(
    "the network is gone in between: nothing is left of the new one, and the old one serves on or comes back",
    async () => {
      const network = `oomph-test-${process.pid}`;
      networks.push(network);
      await docker(["network", "create", network]);
      const web = await small({ more: ["--network", network] });
      const card = await ask(scene, { user: "responder", channel: "network" }, `docker.set-environment docker/${web.name} --set TUNED=8`);
      await docker(["network", "disconnect", "-f", network, web.id]);
      await docker(["network", "rm", network]);
      await scene.people().click("approver", card, "request_approve");
      await expectSaid(scene, "network", /(Superseded|Failed|Done, and it helped): Set environment/);
      expect((await inspected(web.name))?.state).toBe("running");
    },
    WITHIN_MS,
  );

  test(
    "the connection breaks while the old one is being stopped: it is started again once it has stopped",
    async () => {
      const web = await stubborn();
      breakAt("stopping", "POST /containers/{id}/stop", "break");
      await approved("stopping", `docker.set-environment stopping:docker/${web.name} --set TUNED=8`);
      await expectSaid(scene, "stopping", /Failed: Set environment.*could not be stopped/s);
      expect(daemonSays.startsOf(web.id)).toBe(2);
      expect(await inspected(web.name)).toMatchObject({ id: web.id, state: "running" });
      expect(await piecesOf(web)).toEqual([web.name]);
    },
    WITHIN_MS,
  );

  test(
    "the host goes away for good in the middle of the act: said with what to do, and repaired on a button once it is back",
    async () => {
      const web = await small();
      const proxy = proxies.get("away");
      let isAway = false;
      proxy?.decide((call, url) => {
        if (call === "POST /containers/{id}/rename" && url.includes("-before-")) isAway = true;
        return isAway ? "drop" : "pass";
      });
      await approved("away", `docker.set-environment away:docker/${web.name} --set TUNED=8`);
      const said = await expectSaid(scene, "away", /(Failed|A human must look): Set environment.*docker\.rollback/s);
      expect(textOf(said)).toMatch(/could not be brought back/);
      proxy?.decide(() => "pass");
      await expectRepaired("away", web);
    },
    WITHIN_MS,
  );

  test(
    "the host answers with errors while it is verified, and is back: verified all the same",
    async () => {
      const web = await small();
      let left = 3;
      let isStarted = false;
      proxies.get("verifying")?.decide((call, url) => {
        if (call === "POST /containers/{id}/start" && !isQuestion(call, url)) isStarted = true;
        if (!isStarted || call !== "GET /containers/{id}/stats" || left === 0) return "pass";
        left -= 1;
        return left === 1 ? "drop" : 500;
      });
      await approved("verifying", `docker.set-environment verifying:docker/${web.name} --set TUNED=8`);
      await expectSaid(scene, "verifying", /Done, and it helped: Set environment/);
      expect(left).toBe(0);
      expect(daemonSays.creationsOf(web)).toHaveLength(1);
    },
    WITHIN_MS,
  );

  test.each(GONE)(
    "the host goes away in the middle of a look (%s): what could not be read is said",
    async (fate) => {
      const host = lookingAt(fate);
      const web = await small();
      let calls = 0;
      proxies.get(host)?.decide((call) => {
        if (call === "GET /containers/{id}/stats") calls += 1;
        return calls > 0 ? fate : "pass";
      });
      await scene.people().command("responder", "looking", `/oom investigate ${host}:docker/${web.name}`);
      await expectSaid(scene, "looking", new RegExp(`${host}:docker/${web.name}[^]*(could not|did not|closed|answer)`));
      proxies.get(host)?.decide(() => "pass");
    },
    WITHIN_MS,
  );

  function small(options: RunOptions = {}): Promise<Container> {
    return containers.steady({ mib: 8, ...options, env: { TUNED: "auto", ...options.env } });
  }

  /** Takes its time to end. */
  function stubborn(): Promise<Container> {
    return containers.shell("trap 'sleep 3; exit 0' TERM; while :; do sleep 0.2; done", {
      env: { TUNED: "auto" },
      more: ["--stop-timeout", "10"],
    });
  }

  async function approved(channel: string, command: string): Promise<void> {
    const card = await ask(scene, { user: "responder", channel }, command);
    await scene.people().click("approver", card, "request_approve");
  }

  async function expectRepaired(channel: string, web: Container): Promise<void> {
    const card = await press(scene, { user: "responder", channel, message: await offering(scene, channel, /Set environment/) });
    await scene.people().click("approver", card, "request_approve");
    await expectSaid(scene, channel, /Done, and it helped: Bring back/);
    expect(await inspected(web.name)).toMatchObject({ id: web.id, state: "running" });
    expect(await piecesOf(web)).toEqual([web.name]);
  }

  /** Once; the daemon does it, and the caller hears nothing more. */
  function breakAt(connection: string, at: string, how: Fate): void {
    let isDone = false;
    proxies.get(connection)?.decide((call, url) => {
      if (isDone || call !== at || isQuestion(call, url)) return "pass";
      isDone = true;
      return how;
    });
  }
});

function lookingAt(fate: (typeof GONE)[number]): string {
  return `looking-${fate}`;
}

async function environmentOf(name: string): Promise<readonly string[]> {
  return (await inspected(name))?.env ?? [];
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
