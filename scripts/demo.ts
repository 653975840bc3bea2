/**
 * The main job on real servers: an alert about a full Redis, from its post to the verified fix. Exits 0 only if each step
 * really happened. `--keep` leaves it running with a prompt. `--page FILE` says where the thread is written as a page.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { formatDuration } from "../src/domain/duration.ts";
import { runPrompt } from "./demo/prompt.ts";
import { fillForGood, setScene, TEST_DATABASE, type Scene } from "./demo/scene.ts";
import { playStory, type Told } from "./demo/story.ts";
import { threadText } from "./demo/thread-text.ts";
import { threadPage } from "./docs/thread-page.ts";

const { values } = parseArgs({
  options: { keep: { type: "boolean", default: false }, page: { type: "string", default: ".oomph/demo-thread.html" } },
});
const out = (text: string): void => void process.stdout.write(`${text}\n`);
let scene: Scene | undefined;

process.once("SIGINT", () => {
  end(130);
});

try {
  out("Setting the scene ...");
  scene = await setScene((line) => out(`  ${line}`));
  out("\nAn alert is posted in #alerts. The thread, as its readers see it:\n");
  const told = await playStory(scene);
  report(scene, told);
  await writePage(scene, told);
  if (values.keep) await runPrompt(scene, refill(scene), out);
  end(0);
} catch (error) {
  out(`\nThe demo failed. ${error instanceof Error ? error.message : String(error)}`);
  if (scene !== undefined) out(`Oomph's log ended with:\n${(await scene.oomph.log()).split("\n").slice(-15).join("\n")}`);
  end(1);
}

function report(from: Scene, { thread, milestones }: Told): void {
  out(threadText(from.slack, thread));
  out("\nWhat really happened, asked of the servers themselves; times count from the alert's post:");
  for (const { what, afterMs } of milestones) out(`  ${formatDuration(afterMs).padStart(8)}  ${what}`);
}

async function writePage(from: Scene, { thread }: Told): Promise<void> {
  const path = resolve(values.page);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, await threadPage(thread, from.slack));
  out(`\nThe same thread as a page: ${path}`);
}

function refill({ sessions }: Scene): () => Promise<void> {
  return async () => {
    const keys = await fillForGood(sessions);
    out(`Database ${TEST_DATABASE} of redis/sessions got ${keys} keys; it refuses writes again.`);
  };
}

function end(code: number): void {
  const stopping = scene;
  scene = undefined;
  void Promise.resolve(stopping?.stop()).finally(() => process.exit(code));
}
