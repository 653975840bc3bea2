import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { counted } from "../../src/domain/count.ts";
import type { Scene as Container } from "../lab/containers/scenes.ts";
import { docker } from "../lab/docker.ts";
import { controlsOf, type LabMessage } from "../lab/slack/index.ts";
import { COMPOSE_FILE, COMPOSE_TEXT, type KongScene } from "./kong-scene.ts";
import { countMilestones, has, seen, verifyAudit, whispersTo, type Reached, type Told } from "./story.ts";

// Memory fills before the first kill, an act stops one container and starts another, and each is watched until it is steady.
const WAIT_MS = 300_000;

/** With the messages worth a picture, as they were when they came. */
export type KongTold = Told & { readonly shown: Readonly<Record<"root" | "report" | "plan" | "outcome" | "watch", LabMessage>> };

type Play = KongScene & {
  readonly kong: Container;
  readonly reached: Reached;
  /** All messages of the incident's thread, as they read now. */
  thread(): Promise<readonly LabMessage[]>;
};

/** From the first kill, which nobody reported, to the way back; throws, saying what was expected, when a step does not come. */
export async function playKong(scene: KongScene, tell: (line: string) => void): Promise<KongTold> {
  const kills = followKills(scene.kongName);
  try {
    const kong = await scene.startKong();
    const cores = (await docker(["info", "--format", "{{.NCPU}}"])).trim();
    tell(
      `docker/${kong.name} runs: 36 workers, as many as Kong starts by itself on a host of 36 cores (this one has ${cores}, which the report says), under a limit of 288 MiB. Nobody is told.`,
    );
    const root = await seen("a thread of its own", async () => (await scene.slack.messages("incidents"))[0], WAIT_MS);
    const seenAtMs = Date.now(); // not the message's own time: the local Slack gives those in whole seconds, cut off
    const killedAtMs = await kills.first;
    const { milestones, reached } = countMilestones(killedAtMs, () => Date.now());
    reached("the thread is there, without anybody having asked", seenAtMs);
    const play: Play = {
      ...scene,
      kong,
      reached,
      thread: () => scene.slack.thread("incidents", root.ts),
    };
    const says = { text: /36 worker processes/, also: (message: LabMessage) => has(message, "offer_ask") };
    const report = await said(play, "a report that counts the workers", says);
    play.reached(`verdict: ${report.text}`);
    const { plan, outcome } = await tune(play, report);
    const watch = await said(play, "the kills, told", { text: /Killed for want of memory/ });
    await makeItLast(play);
    await goBack(play);
    play.reached(`the audit is intact (${verifyAudit(scene.oomph)})`);
    return { milestones, thread: await play.thread(), shown: { root, report, plan, outcome, watch } };
  } finally {
    kills.stop();
  }
}

async function tune(play: Play, report: LabMessage): Promise<{ readonly plan: LabMessage; readonly outcome: LabMessage }> {
  const card = await press(play, report, /tune/i);
  play.reached("alice asked for the fix; the plan, with its arithmetic, waits for approval");
  await play.people.click("alice", card, "request_approve");
  await seen("alice's own approval refused", async () => whispersTo(play.slack, "alice").find((text) => /own request/.test(text)));
  if ((await inspect(play.kong.name)).id !== play.kong.id) throw new Error("Expected nothing to be done before bob's approval.");
  play.reached("alice's own approval was refused");
  await play.people.click("bob", card, "request_approve");
  const outcome = await said(play, "the outcome", { text: /Done, and it helped: Tune/, also: (message) => offers(message, /roll back/i) });
  play.reached("bob approved; done once, verified, and told");

  const { id, env } = await inspect(play.kong.name);
  const workers = Number(/^KONG_NGINX_WORKER_PROCESSES=(\d+)$/m.exec(env.join("\n"))?.[1]);
  const running = (await docker(["top", id, "-o", "pid,args"])).split("\n").filter((line) => line.includes("worker process")).length;
  if (id === play.kong.id || running !== workers || workers > 8)
    throw new Error(`Expected a new container with at most 8 workers, found ${running} workers (${workers} configured).`);
  const health = (await docker(["exec", id, "kong", "health"])).trim().split("\n").at(-1);
  play.reached(`docker top counts ${running} workers; kong health: ${health}`);
  const kept = (await docker(["ps", "-a", "--filter", `id=${play.kong.id}`, "--format", "{{.Names}}, {{.State}}"])).trim();
  if (!kept.endsWith("exited")) throw new Error(`Expected the old container to be kept, stopped, found: ${kept}`);
  play.reached(`the old container is kept: ${kept}`);
  return { plan: card, outcome };
}

async function makeItLast(play: Play): Promise<void> {
  const outcome = await said(play, "a pull request to press", {
    text: /Done, and it helped: Tune/,
    also: (message) => offers(message, /lasting/i),
  });
  const card = await press(play, outcome, /lasting/i);
  await play.people.click("bob", card, "request_approve");
  const { github } = play;
  const pull = await seen("the pull request", async () => (await github.pulls())[0], WAIT_MS);
  const text = (await github.file(COMPOSE_FILE, pull.head.ref)) ?? "";
  const before = COMPOSE_TEXT.split("\n");
  const lost = before.filter((line) => !text.includes(line));
  if (lost.some((line) => !/WORKER_PROCESSES|memory:/.test(line))) throw new Error(`Expected only two lines to change, got:\n${text}`);
  await said(play, "the pull request, told", { text: /pull\/\d+/, also: ({ text: told }) => told.startsWith("Done: ") });
  const added = text.split("\n").length - before.length;
  play.reached(
    `pull request #${pull.number} changes ${counted(lost.length, "line")} of ${COMPOSE_FILE} and adds ${added}; all others are as they were`,
  );
  const [issue, ...more] = await seen("the issue", async () => ((await github.issues()).length > 0 ? github.issues() : undefined), WAIT_MS);
  if (more.length > 0) throw new Error(`Expected one issue for one incident, found ${more.length + 1}.`);
  play.reached(`issue #${issue?.number} is ${issue?.state}, with the labels ${issue?.labels.join(", ")}`);
}

async function goBack(play: Play): Promise<void> {
  const outcome = await said(play, "a way back", { text: /Done, and it helped: Tune/, also: (message) => offers(message, /roll back/i) });
  const card = await press(play, outcome, /roll back/i);
  await play.people.click("bob", card, "request_approve");
  const found = await seen("the old container", async () => {
    const now = await inspect(play.kong.name);
    return now.id === play.kong.id && now.running ? now : undefined;
  }, WAIT_MS); // oxfmt-ignore
  if (!found.env.includes("KONG_NGINX_WORKER_PROCESSES=auto")) throw new Error("Expected the old container to be as it was.");
  await said(play, "the end of the way back, told", {
    text: /Bring back old container/,
    also: ({ text }) => /^Done, (?!checking)/.test(text),
  });
  play.reached("asked and approved likewise: the old container is back, as it was");
}

/** When the kernel first kills something in a container of this name, by Docker's own account. */
function followKills(name: string): { readonly first: Promise<number>; stop(): void } {
  const filters = ["--filter", `container=${name}`, "--filter", "event=oom"];
  // From now on, however long the program takes to start: the first kill is not to be missed.
  const since = ["--since", (Date.now() / 1000).toFixed(3)];
  const events = spawn("docker", ["events", ...since, ...filters, "--format", "{{.TimeNano}}"], { stdio: ["ignore", "pipe", "ignore"] });
  const first = new Promise<number>((resolve) =>
    createInterface({ input: events.stdout }).once("line", (nano) => resolve(Number(nano) / 1e6)),
  );
  return { first, stop: () => void events.kill() };
}

type Says = { readonly text: RegExp; also?(message: LabMessage): boolean };

/** The message of the thread that says so, when it comes. */
function said(play: Play, what: string, { text, also = () => true }: Says): Promise<LabMessage> {
  const fits = (message: LabMessage): boolean => text.test(`${message.text}\n${JSON.stringify(message.blocks)}`) && also(message);
  return seen(what, async () => (await play.thread()).find(fits), WAIT_MS).catch(async (error: unknown) => {
    const heard = (await play.thread()).map((message) => `  ${message.text}`).join("\n");
    throw new Error(`${error instanceof Error ? error.message : String(error)} The thread says:\n${heard}`);
  });
}

/** alice presses what is offered under this name, and the card that asks for approval comes. */
async function press(play: Play, message: LabMessage, label: RegExp): Promise<LabMessage> {
  const known = new Set((await play.thread()).map(({ ts }) => ts));
  const offer = controlsOf(message.blocks ?? []).find((control) => label.test(control.label));
  if (offer === undefined) throw new Error(`Expected something to press that says ${String(label)}, there is none.`);
  await play.people.click("alice", message, offer.label);
  const card = async () => (await play.thread()).find((one) => !known.has(one.ts) && has(one, "request_approve"));
  return seen("the plan, waiting for approval", card, WAIT_MS).catch(() => {
    throw new Error(`Expected a plan, got: ${whispersTo(play.slack, "alice").at(-1) ?? "no answer"}`);
  });
}

function offers(message: LabMessage, label: RegExp): boolean {
  return controlsOf(message.blocks ?? []).some((control) => label.test(control.label));
}

async function inspect(container: string) {
  const [found] = JSON.parse(await docker(["inspect", container])) as [
    { Id: string; State: { Running: boolean }; Config: { Env: string[] } },
  ];
  return { id: found.Id, running: found.State.Running, env: found.Config.Env };
}
