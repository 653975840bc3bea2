import { readFile, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openScenes } from "../../scripts/lab/containers/scenes.ts";
import { findDocker } from "../../scripts/lab/docker.ts";
import { noteAbsentSystem, noteRealSystem } from "../../scripts/lab/real-systems.ts";
import type { RedisLab } from "../../scripts/lab/redis.ts";
import type { LabMessage } from "../../scripts/lab/slack/index.ts";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { auditOf } from "./support/audit.ts";
import { runCommand, startCommand } from "./support/command-line.ts";
import { expectSaid, inspected } from "./support/containers.ts";
import { cards, openDialog, QUICK, requestIdOf, seen, setScene, startTarget, textOf, type Scene } from "./support/scene.ts";

const daemon = await findDocker();
if (daemon.kind === "there") noteRealSystem("docker", daemon.version);
else noteAbsentSystem("docker", daemon.because);
const WITHIN_MS = 120_000;
const LOGIN = userInfo().username;
const NAMES = ["killed", "frozen", "left", "denied", "late", "away", "many"] as const;
type Name = (typeof NAMES)[number];
const OTHER_POLICY = ["--policy", "allkeys-lru"];

// Asked for by a command, approved by a click, carried out by the process, on servers that are asked themselves.
describe("oomph run, beside the process", () => {
  const containers = openScenes();
  const targets = new Map<Name, RedisLab>();
  let scene: Scene;

  beforeAll(async () => {
    const connections: Record<string, { url: string }> = {};
    scene = await setScene({
      slack: { users: ["requester", "approver"], channels: ["alerts", "incidents"] },
      started: false,
      settings: (slack) => {
        const approvers = [slack.id("requester"), slack.id("approver")];
        const policies = [
          { name: "soon", targets: ["redis/late"], approvers, expiry: "4s" },
          { name: "all", approvers },
        ];
        const logins = { [LOGIN]: slack.id("requester"), bob: slack.id("approver") };
        const hosts =
          daemon.kind === "there" ? { local: { url: process.env["DOCKER_HOST"] ?? "unix:///var/run/docker.sock", watch: ["none"] } } : {};
        return {
          connections,
          access: { policies, admins: [slack.id("approver")], logins },
          sections: { ...QUICK, docker: { connections: hosts } },
        };
      },
    });
    for (const name of NAMES) {
      const target = await startTarget(scene, 50);
      targets.set(name, target);
      connections[name] = { url: target.url };
    }
    await scene.start();
  });

  afterAll(async () => {
    await scene.stop();
    await containers.end();
  });

  const ask = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    startCommand(scene, ["run", ...args, "--config", scene.oomph().configPath], env);
  const beside = (args: readonly string[]) => runCommand(scene, [...args, "--config", scene.oomph().configPath]);
  const policyOf = async (name: Name) => (await targets.get(name)?.client.config("GET", "maxmemory-policy"))?.[1];
  const cardFor = (target: string, not?: LabMessage): Promise<LabMessage> =>
    seen(
      `a card for ${target}`,
      () => cards(scene, "incidents").findLast((card) => textOf(card).includes(target) && card.ts !== not?.ts),
      WITHIN_MS,
    );

  test.skipIf(daemon.kind === "absent")("a container is changed, verified and rolled back, and who asked cannot approve", async () => {
    const web = await containers.steady({ mib: 24, env: { TUNED: "auto" } });
    const target = `docker/${web.name}`;
    const asked = ask(["set-environment", target, "--set", "TUNED=8", "--reason", "workers fill it"]);
    const card = await cardFor(web.name);
    expect(textOf(card)).toMatch(/\*Why\*: “workers fill it”/);
    expect(textOf(card)).toContain(`on the command line (\`${LOGIN}\` on `);
    await scene.people().click("requester", card, "request_approve");
    await seen("the requester to be told", () => scene.toldOnly("requester").some((text) => /own request/.test(text)), WITHIN_MS);
    expect((await inspected(web.name))?.env).toContain("TUNED=auto");
    await scene.people().click("approver", card, "request_approve");
    expect([await asked.ended, asked.err()]).toEqual([EXIT.ok, expect.stringMatching(/UTC {2}Approved by U\w+ \(bob\)\n.*UTC {2}Begun\n/)]);
    expect(asked.out()).toMatch(/^Set .*docker\.set-environment on .*What changes:.*Approved or denied here: http.*Done, and it helped: /s);
    expect(asked.out()).toMatch(/Before +After\n.*✓ .*\n\nWay back: oomph run docker\.\S+ /s);
    expect((await inspected(web.name))?.env).toContain("TUNED=8");
    expect(auditOf(scene, requestIdOf(card))).toEqual([
      "action-requested",
      "decision-refused",
      "decision-approved",
      "run-begun",
      "run-ended",
    ]);

    const back = ask(["docker.rollback", target, "--json"]);
    await scene.people().click("approver", await cardFor(web.name, card), "request_approve");
    expect(await back.ended).toBe(EXIT.ok);
    expect(JSON.parse(back.out())).toMatchObject({
      kind: "request",
      action: "docker.rollback",
      state: "succeeded",
      helped: true,
      shell: { login: LOGIN },
      decisions: [{ by: scene.slack.id("approver"), word: "approve" }],
      measured: expect.arrayContaining([expect.objectContaining({ ok: true })]),
      card: expect.stringContaining("http"),
    });
    expect((await inspected(web.name))?.env).toContain("TUNED=auto");
  });

  test("killed in the middle, the act goes on without it; what became of it is told to who asks later", async () => {
    const asked = ask(["set-eviction-policy", "redis/killed", ...OTHER_POLICY]);
    const card = await cardFor("redis/killed");
    await asked.says(/Waiting for approval/);
    asked.process.kill("SIGKILL");
    expect(await asked.ended).toBe("SIGKILL");
    await scene.people().click("approver", card, "request_approve");
    await expectSaid(scene, "incidents", /^Done.*: Set eviction policy/);
    expect(await policyOf("killed")).toBe("allkeys-lru");
    const later = await beside(["follow", requestIdOf(card), "--json"]);
    expect(JSON.parse(later.out)).toMatchObject({ id: requestIdOf(card), state: expect.stringMatching(/succeeded|ineffective/) });
    expect([EXIT.ok, EXIT.ineffective]).toContain(later.code);
  });

  test("Ctrl-C stops following and not the request, which its requester takes back, once", async () => {
    const asked = ask(["set-eviction-policy", "redis/left", ...OTHER_POLICY]);
    await asked.says(/Waiting for approval/);
    asked.process.kill("SIGINT");
    expect([await asked.ended, asked.err()]).toEqual([
      EXIT.interrupted,
      expect.stringContaining("The request goes on without this command"),
    ]);
    const id = requestIdOf(await cardFor("redis/left"));
    const waiting = await beside(["approvals"]);
    expect(waiting.out).toContain(`${id}  redis.set-eviction-policy on redis/left\n`);
    expect(await beside(["cancel", id])).toMatchObject({
      code: EXIT.ok,
      out: expect.stringMatching(/^Cancelled: .*Nothing has been changed/),
    });
    expect(await beside(["cancel", id])).toMatchObject({
      code: EXIT.refused,
      err: expect.stringContaining("too late to cancel it: cancelled"),
    });
    expect(await policyOf("left")).toBe("noeviction");
  });

  test("while Oomph is frozen it is asked for and not approved; thawed, it goes on", async () => {
    await scene.people().command("approver", "incidents", "/oom freeze on maintenance");
    await seen("it to be frozen", () => scene.toldOnly("approver").some((text) => /frozen/i.test(text)), WITHIN_MS);
    const asked = ask(["set-eviction-policy", "redis/frozen", ...OTHER_POLICY]);
    await asked.says(/Frozen by U\w+ \(bob\): “maintenance”\. Nothing can be approved/);
    const card = await cardFor("redis/frozen");
    await scene.people().click("approver", card, "request_approve");
    await seen("the approver to be told", () => scene.toldOnly("approver").some((text) => /did not count/.test(text)), WITHIN_MS);
    await scene.people().command("approver", "incidents", "/oom freeze off");
    await asked.says(/Thawed/);
    expect(await policyOf("frozen")).toBe("noeviction");
    await scene.people().click("approver", card, "request_approve");
    expect([EXIT.ok, EXIT.ineffective]).toContain(await asked.ended);
    expect(await policyOf("frozen")).toBe("allkeys-lru");
  });

  test("denied and expired are told apart by the exit code, and nothing has been changed", async () => {
    const asked = ask(["set-eviction-policy", "redis/denied", ...OTHER_POLICY]);
    const dialog = await openDialog(scene, "approver", { card: await cardFor("redis/denied"), control: "modal_deny" });
    await scene.people().submit(dialog, { reason: "not today" });
    expect([await asked.ended, asked.out()]).toEqual([
      EXIT.denied,
      expect.stringMatching(/\nDenied: denied: not today\nNothing has been changed\.\n$/),
    ]);
    const late = await ask(["set-eviction-policy", "redis/late", ...OTHER_POLICY]).ended;
    expect(late).toBe(EXIT.expired);
    expect([await policyOf("denied"), await policyOf("late")]).toEqual(["noeviction", "noeviction"]);
  });

  test("whom the configuration does not name asks for nothing, whatever the environment says", async () => {
    const path = join(scene.directory, "nobody.yaml");
    await writeFile(
      path,
      (await readFile(scene.oomph().configPath, "utf8")).replace(`${LOGIN}: ${scene.slack.id("requester")}`, `not-${LOGIN}: U0NOBODY`),
    );
    const { code, out, err } = await runCommand(
      scene,
      ["run", "set-eviction-policy", "redis/many", ...OTHER_POLICY, "--json", "--config", path],
      { USER: "bob", LOGNAME: "bob", SUDO_USER: "bob" },
    );
    expect([code, err]).toEqual([EXIT.refused, expect.stringContaining(`add access.logins.${LOGIN}: U...`)]);
    expect(JSON.parse(out)).toMatchObject({ kind: "refused", because: expect.stringContaining("access.logins") });
    expect((await beside(["approvals"])).out).not.toContain("redis/many");
    expect(scene.said("incidents").filter((message) => textOf(message).includes("redis/many"))).toEqual([]);
  });

  test("several commands and the process write to one database file at once, and each of them is heard", async () => {
    const commands = [
      ["set-eviction-policy", "redis/many", ...OTHER_POLICY],
      ["set-maxmemory", "redis/many", "--maxmemory", "100mb"],
      ["flush-db", "redis/many/0"],
    ];
    const asked = commands.map((args) => ask([...args, "--no-wait", "--json"]));
    const codes = await Promise.all(asked.map(async (one) => one.ended));
    expect(codes, asked.map((one) => one.err()).join("\n")).toEqual([EXIT.ok, EXIT.ok, EXIT.ok]);
    const requests = asked.map((one) => JSON.parse(one.out()) as { id: string; state: string; incident: string });
    expect(requests.map(({ state }) => state)).toEqual(["pending", "pending", "pending"]);
    expect(new Set(requests.map(({ incident }) => incident)).size).toBe(1);
    expect((await runCommand(scene, ["audit", "verify", "--config", scene.oomph().configPath])).out).toMatch(/^The audit trail is intact/);
  });

  // The last: it ends the process.
  test("where no process runs nothing is asked for; one that goes and comes back is told", async () => {
    const asked = ask(["set-eviction-policy", "redis/away", ...OTHER_POLICY]);
    const card = await cardFor("redis/away");
    await asked.says(/Waiting for approval/);
    const config = scene.oomph().configPath;
    await scene.kill();
    await asked.says(/No Oomph process is running/);
    const before = await runCommand(scene, ["approvals", "--json", "--config", config]);
    const refused = await runCommand(scene, ["run", "restart", "redis/away", "--config", config]);
    expect([refused.code, refused.err]).toEqual([
      EXIT.failed,
      expect.stringMatching(/no Oomph process works on this queue.*Nothing was asked for/),
    ]);
    const [was, is] = [before, await runCommand(scene, ["approvals", "--json", "--config", config])].map(
      ({ out }) => JSON.parse(out) as { waiting: unknown[] },
    );
    expect(is?.waiting).toHaveLength(was?.waiting.length ?? -1);
    const noQueue = await runCommand(scene, ["run", "restart", "redis/away", "--config", config], { REDIS_URL: "redis://127.0.0.1:1" });
    expect([noQueue.code, noQueue.err]).toEqual([EXIT.failed, expect.stringContaining("expected the queue's Redis to answer")]);
    await scene.start();
    await asked.says(/Oomph is running again/);
    await scene.people().click("approver", card, "request_approve");
    expect([EXIT.ok, EXIT.ineffective]).toContain(await asked.ended);
    expect(await policyOf("away")).toBe("allkeys-lru");
  });
});
