import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { controlsOf, type LabMessage, type LabModal, type LabSlack } from "../lab/slack/index.ts";
import { TEST_DATABASE, type Scene, type Stage } from "./scene.ts";

/** One thing that must really have happened, and when, counted from the alert. */
export type Milestone = { readonly what: string; readonly afterMs: number };

/** `atMs` is a time of the story's clock; default: now. Throws when it lies before what was reached before it, or the beginning. */
export type Reached = (what: string, atMs?: number) => void;

/** Milestones of a story that began at this time of a clock, in ms. */
export function countMilestones(
  beganAtMs: number,
  nowMs: () => number,
): { readonly milestones: readonly Milestone[]; readonly reached: Reached } {
  const milestones: Milestone[] = [];
  const reached: Reached = (what, atMs = nowMs()) => {
    const afterMs = atMs - beganAtMs;
    const last = milestones.at(-1)?.afterMs ?? 0;
    if (afterMs < last) throw new Error(`Expected "${what}" after ${last} ms or later, it came after ${afterMs} ms.`);
    milestones.push({ what, afterMs });
  };
  return { milestones, reached };
}

export type Told = { readonly milestones: readonly Milestone[]; readonly thread: readonly LabMessage[] };

const WAIT_MS = 120_000;
const POLL_MS = 20;
const CLI = fileURLToPath(new URL("../../bin/oomph.mjs", import.meta.url));

/** From the alert's post to writes that are accepted again; throws, saying what was expected, when a step does not come. */
export async function playStory(scene: Scene): Promise<Told> {
  const { slack, people } = scene;
  const { milestones, reached } = countMilestones(performance.now(), () => performance.now());

  await expectTrouble(scene);
  const alert = await people.postAsBot("alerts", {
    text: "[FIRING] gateway-redis: write to the deduplication store failed: OOM command not allowed when used memory > 'maxmemory'.",
  });
  const thread = (): Promise<readonly LabMessage[]> => slack.thread("alerts", alert.message.ts);
  await seen("a first answer in the alert's thread", async () => (await thread())[1]);
  reached("the thread has its first answer");

  const report = await seen("a report with a flush to press", async () => (await thread()).find((message) => has(message, "offer_ask")));
  reached(`verdict: ${report.text}`);

  const flush = controlsOf(report.blocks ?? []).find(({ label }) => /flush/i.test(label));
  if (flush === undefined) throw new Error("Expected the report to offer a flush, it does not.");
  await people.click("alice", report, flush.label);
  const card = await seen("the plan, waiting for approval", async () => (await thread()).find((message) => has(message, "modal_approve")));
  reached("alice asked for the flush; the plan waits for approval");

  await people.click("alice", card, "modal_approve");
  await seen("alice's own approval refused", async () => whispersTo(slack, "alice").find((text) => /own request/.test(text)));
  reached("alice's own approval was refused");

  await people.click("bob", card, "modal_approve");
  const dialog = await seen("bob's dialog", async () => dialogOf(slack, "bob"));
  const typed = `sessions ${TEST_DATABASE}`;
  const answer = await people.submit(dialog, Object.fromEntries(inputsOf(dialog).map((block) => [block, typed])));
  if (answer.status !== 200 || answer.body !== "")
    throw new Error(`Expected bob's approval to be taken, Oomph answered ${answer.status} ${JSON.stringify(answer.body)}.`);
  reached(`bob approved, having typed "${typed}"`);

  await seen("the outcome in the thread", async () => (await thread()).find(({ text }) => /Done, and it helped/.test(text)));
  reached("done once, verified, and told");
  await seen("all steps of the investigation done", async () => (await thread()).find(({ text }) => text.startsWith("Looked at")));
  await checkWorld(scene, reached);
  return { milestones, thread: await thread() };
}

/** Without real trouble there would be nothing to show. */
async function expectTrouble({ sessions, gateway }: Scene): Promise<void> {
  const refusal = await sessions.client.set("demo:write", "x").then(
    () => "accepted",
    (error: unknown) => String(error),
  );
  const { status } = await fetch(gateway.url);
  if (!refusal.includes("OOM") || status !== 503)
    throw new Error(`Expected a Redis that refuses writes and a gateway that answers 503, got: ${refusal} and ${status}.`);
}

/** Nothing that the thread says is believed: the servers themselves are asked. */
async function checkWorld({ sessions, gateway, oomph }: Scene, reached: Reached): Promise<void> {
  await sessions.client.set("demo:write", "accepted");
  await sessions.client.del("demo:write");
  reached("redis/sessions accepts writes again");
  await sessions.client.select(TEST_DATABASE);
  const left = await sessions.client.dbsize();
  await sessions.client.select(0);
  const kept = await sessions.client.dbsize();
  if (left !== 0 || kept !== 20_000)
    throw new Error(`Expected database ${TEST_DATABASE} empty and 20,000 sessions kept, found ${left} and ${kept}.`);
  reached(`database ${TEST_DATABASE} is empty, the 20,000 sessions in database 0 are untouched`);
  const { status } = await fetch(gateway.url);
  if (status !== 201) throw new Error(`Expected the gateway to answer 201 again, it answered ${status}.`);
  reached("the gateway answers 201 again");
  reached(`the audit is intact (${verifyAudit(oomph)})`);
}

/** What `oomph audit verify` says first; throws when the chain is broken. */
export function verifyAudit(oomph: Stage["oomph"]): string {
  const audit = spawnSync(process.execPath, [CLI, "audit", "verify"], {
    encoding: "utf8",
    cwd: oomph.directory,
    env: { PATH: process.env["PATH"], OOMPH_CONFIG: oomph.configPath },
  });
  if (audit.status !== 0) throw new Error(`Expected an intact audit, oomph audit verify said: ${audit.stdout}${audit.stderr}`);
  return audit.stdout.trim().split("\n")[0] ?? "";
}

/** Waits for something to be there. */
export async function seen<Found>(what: string, look: () => Promise<Found | undefined>, withinMs = WAIT_MS): Promise<Found> {
  const deadline = performance.now() + withinMs;
  while (performance.now() < deadline) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`Expected ${what} within ${withinMs / 1000} s, it did not come.`);
}

/** What only one person has been told, as a note in the channel or as the answer to a click. */
export function whispersTo(slack: LabSlack, user: string): readonly string[] {
  return [...slack.ephemerals(), ...slack.responses()].filter((answer) => answer.user === slack.id(user)).map(({ text }) => text);
}

export function has(message: LabMessage, actionId: string): boolean {
  return controlsOf(message.blocks ?? []).some((control) => control.actionId === actionId);
}

export function dialogOf(slack: LabSlack, user: string): LabModal | undefined {
  return slack.modals().findLast((modal) => modal.user === slack.id(user));
}

export function inputsOf(dialog: LabModal): readonly string[] {
  return dialog.view.blocks.flatMap((block) => (block.type === "input" ? [block.block_id] : []));
}
