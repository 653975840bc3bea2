import { afterAll, describe, expect, test } from "vitest";
import { openScenes, type Scene as Container } from "../../scripts/lab/containers/scenes.ts";
import { docker, findDocker } from "../../scripts/lab/docker.ts";
import { isQuestion, startDockerProxy, type DockerProxy, type Fate } from "../../scripts/lab/docker-proxy.ts";
import { noteAbsentSystem, noteRealSystem } from "../../scripts/lab/real-systems.ts";
import type { LabMessage } from "../../scripts/lab/slack/index.ts";
import { auditOf } from "./support/audit.ts";
import { countEvents, inspected, offering, piecesOf, press } from "./support/containers.ts";
import { ask, QUICK_AFTER_KILL, requestIdOf, seen, setScene, textOf, type Scene } from "./support/scene.ts";

const daemon = await findDocker();
if (daemon.kind === "there") noteRealSystem("docker", daemon.version);
else noteAbsentSystem("docker", daemon.because);
const WITHIN_MS = 120_000;
const SECRET = "correct-horse-battery";

const [CREATE, STOP, START, RENAME] = [
  "POST /containers/create",
  "POST /containers/{id}/stop",
  "POST /containers/{id}/start",
  "POST /containers/{id}/rename",
];

type Point = {
  /** The call at which Oomph is killed: the first of this kind, after one of `after`, with this in its URL. */
  readonly call: string;
  readonly after?: string;
  readonly url?: RegExp;
  /** `hold`: the daemon does not do it any more. */
  readonly fate: Fate;
  readonly says: RegExp;
  /** What has the container's name once Oomph has looked. */
  readonly left: "old, running" | "old, exited" | "new, created" | "new, running" | "nothing";
  readonly creations: 0 | 1;
  readonly repair: boolean;
};

const BACK = "docker\\.rollback brings the one from before back";
const failed = (says: string): RegExp => new RegExp(`Failed: Set environment.*${says}`, "s");
const DONE = /Done, and it helped: Set environment/;

const POINTS = {
  "before the new one is made": {
    call: CREATE,
    fate: "hold",
    says: failed("the container is the same as before: ask again"),
    left: "old, running",
    creations: 0,
    repair: false,
  },
  "once the new one is made": {
    call: CREATE,
    fate: "hold-answer",
    says: failed("runs as before; the new one .* was made and not used"),
    left: "old, running",
    creations: 1,
    repair: true,
  },
  "once the old one is stopped": {
    call: STOP,
    fate: "hold-answer",
    says: failed(`is exited.*${BACK}`),
    left: "old, exited",
    creations: 1,
    repair: true,
  },
  "once the old one has another name": {
    call: RENAME,
    url: /-before-/,
    fate: "hold-answer",
    says: failed(`-before-.* and is exited.*${BACK}`),
    left: "nothing",
    creations: 1,
    repair: true,
  },
  "once the new one has the name": {
    call: START,
    fate: "hold",
    says: failed(`is created.*${BACK}`),
    left: "new, created",
    creations: 1,
    repair: true,
  },
  "once the new one is started": {
    call: START,
    fate: "hold-answer",
    says: DONE,
    left: "new, running",
    creations: 1,
    repair: false,
  },
  "while it is verified": {
    call: "GET /containers/{id}/stats",
    after: START,
    fate: "hold",
    says: DONE,
    left: "new, running",
    creations: 1,
    repair: false,
  },
} as const satisfies Record<string, Point>;

const CHANNELS = Object.fromEntries(Object.keys(POINTS).map((name) => [name, name.replaceAll(" ", "-")]));

// Two acts are carried out at a time: as many are killed at once.
const PAIRS = [
  ["before the new one is made", "once the new one is made"],
  ["once the old one is stopped", "once the old one has another name"],
  ["once the new one has the name", "once the new one is started"],
] as const;

// A job whose process was killed is handed on seconds later: the scenes play at the same time, each with its own Oomph.
describe.skipIf(daemon.kind === "absent").concurrent("killed while a container is made anew", () => {
  const containers = openScenes();
  const stages: Stage[] = [];
  const daemonSays = countEvents();

  afterAll(async () => {
    await Promise.all(stages.map(({ scene }) => scene.stop()));
    await Promise.all(stages.map(({ proxy }) => proxy.close()));
    await containers.end();
    daemonSays.stop();
  }, WITHIN_MS);

  test.each(PAIRS)(
    "%s; %s: its end is the truth, and what is half done is put right on a button",
    async (first, second) => {
      const stage = await setStage();
      // Both wait for their approval before one is held: what is held is given up after a while.
      const [one, other] = [await prepare(stage, first), await prepare(stage, second)];
      const struck = [await strike(one), await strike(other)];
      await crash(stage);
      await Promise.all(struck.map(expectEnd));
    },
    3 * WITHIN_MS,
  );

  test(
    "while it is verified: it is verified afterwards; then while the old one is brought back, which is offered again",
    async () => {
      const stage = await setStage();
      const verified = await strike(await prepare(stage, "while it is verified"));
      await crash(stage);
      await expectEnd(verified);

      const reached = interrupt(stage, { call: START, fate: "hold" });
      await expectPressed(verified, DONE);
      await reached;
      await crash(stage);
      await expectSaid(verified, /Failed: Bring back old container.*docker\.rollback/s);
      await expectRepair(verified, /^Failed: Bring back/);
      expect(daemonSays.startsOf(verified.container.id)).toBe(2);
    },
    3 * WITHIN_MS,
  );

  async function setStage(): Promise<Stage> {
    const proxy = await startDockerProxy();
    // What is held stays held until the kill, however long the other one of the two takes to come so far.
    const local = { url: `unix://${proxy.path}`, watch: ["none"], callTimeout: "10m" };
    const scene = await setScene({
      slack: { channels: ["alerts", "incidents", ...Object.values(CHANNELS)] },
      settings: (slack) => ({
        access: { approvers: [slack.id("approver"), slack.id("responder")] },
        connections: {},
        sections: { ...QUICK_AFTER_KILL, docker: { connections: { local } } },
      }),
    });
    const stage = { proxy, scene };
    stages.push(stage);
    return stage;
  }

  async function expectEnd(struck: Struck): Promise<void> {
    const { point, container, scene, requestId } = struck;
    await expectSaid(struck, point.says);
    expect(auditOf(scene, requestId).filter((kind) => kind === "run-begun")).toHaveLength(1);
    const creations = daemonSays.creationsOf(container);
    expect(creations).toHaveLength(point.creations);
    for (const id of creations) expect(daemonSays.startsOf(id)).toBe(point.left === "new, running" ? 1 : 0);
    expect(await leftOf(container)).toBe(point.left);
    if (point.repair) await expectRepair(struck, /^Failed: Set environment/);
    // The target is free again: the next one can be asked for, and is done.
    if (point.left === "new, running") return;
    await scene.people().click("approver", await asked(struck), "request_approve");
    await expectSaid(struck, DONE);
    expect((await inspected(container.name))?.env).toEqual(expect.arrayContaining(["TUNED=8", `DB_PASSWORD=${SECRET}`]));
    const said = scene.said().map(textOf).join("\n");
    expect(said).toContain("Way back");
    for (const text of [said, await scene.oomph().log()]) expect(text).not.toContain(SECRET);
  }

  /** Asks for a re-creation. */
  async function prepare(stage: Stage, name: keyof typeof POINTS): Promise<Prepared> {
    const more = ["--stop-timeout", "600"]; // so long Oomph waits for the stop; it ends at once when it is told to
    const env = { TUNED: "auto", DB_PASSWORD: SECRET };
    const container = await containers.steady({ mib: 8, restart: "unless-stopped", env, more });
    const asking = { ...stage, point: POINTS[name], channel: CHANNELS[name] ?? "", container };
    return { ...asking, card: await asked(asking) };
  }

  /** Has it approved, and waits until it is where it is to be killed. */
  async function strike({ card, ...prepared }: Prepared): Promise<Struck> {
    const { scene, point, container } = prepared;
    const reached = interrupt(prepared, point);
    await scene.people().click("approver", card, "request_approve");
    await reached;
    if (!point.left.endsWith("running")) await docker(["wait", container.id]);
    return { ...prepared, requestId: requestIdOf(card) };
  }
});

type Stage = { readonly scene: Scene; readonly proxy: DockerProxy };
type Begun = Stage & { readonly point: Point; readonly channel: string; readonly container: Container };
type Prepared = Begun & { readonly card: LabMessage };
type Struck = Begun & { readonly requestId: string };

/** Resolves when such a call has come; it gets no answer, all after it do. */
function interrupt({ proxy }: Stage, { call, after, url, fate }: Pick<Point, "call" | "after" | "url" | "fate">): Promise<unknown> {
  let isNear = after === undefined;
  let isReached = false;
  proxy.decide((name, path) => {
    if (name === after && !isQuestion(name, path)) isNear = true;
    if (isReached || !isNear || name !== call || isQuestion(name, path) || url?.test(path) === false) return "pass";
    isReached = true;
    return fate;
  });
  return seen(`${call} to come`, () => isReached, WITHIN_MS);
}

async function crash({ scene, proxy }: Stage): Promise<void> {
  await scene.kill();
  proxy.decide(() => "pass");
  await scene.start();
}

async function expectSaid({ scene, channel }: Pick<Struck, "scene" | "channel">, says: RegExp): Promise<void> {
  const heard = () => scene.said(channel).map(({ text }) => text);
  await seen("it", () => heard().some((text) => says.test(text)), WITHIN_MS).catch(() => undefined);
  expect(heard().join("\n")).toMatch(says);
}

async function leftOf({ id, name }: Container): Promise<string> {
  const found = await inspected(name);
  return found === undefined ? "nothing" : `${found.id === id ? "old" : "new"}, ${found.state}`;
}

/** The old one comes back on the button, as it was, and nothing else is left. */
async function expectRepair(struck: Struck, says: RegExp): Promise<void> {
  const { container } = struck;
  await expectPressed(struck, says);
  await expectSaid(struck, /Done, and it helped: Bring back/);
  expect(await piecesOf(container)).toEqual([container.name]);
  expect(await inspected(container.name)).toMatchObject({ id: container.id, state: "running", restart: "unless-stopped" });
}

/** Presses what is offered there, and has it approved. */
async function expectPressed({ scene, channel }: Struck, says: RegExp): Promise<void> {
  const card = await press(scene, { user: "responder", channel, message: await offering(scene, channel, says) });
  await scene.people().click("approver", card, "request_approve");
}

function asked({ scene, channel, container }: Pick<Struck, "scene" | "channel" | "container">) {
  return ask(scene, { user: "responder", channel }, `docker.set-environment docker/${container.name} --set TUNED=8`);
}
