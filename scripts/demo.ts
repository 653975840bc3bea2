/**
 * The main job on real servers, from trouble to verified fix. Exits 0 only if each step really happened.
 * `npm run demo` plays a full Redis; `npm run demo -- kong` plays Kong's incident on real Docker. `--keep` leaves it
 * running with a prompt. `--page FILE` says where the thread is written as a page.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { formatDuration } from "../src/domain/duration.ts";
import { missingForKong, setKongScene } from "./demo/kong-scene.ts";
import { playKong } from "./demo/kong-story.ts";
import { runPrompt, type Story } from "./demo/prompt.ts";
import { fillForGood, setScene, TEST_DATABASE, type Stage } from "./demo/scene.ts";
import { playStory, type Told } from "./demo/story.ts";
import { threadText } from "./demo/thread-text.ts";
import { threadPage } from "./docs/thread-page.ts";

type Played = Story & { readonly told: Told; readonly since: string };

const OPTIONS = {
  keep: { type: "boolean", default: false },
  page: { type: "string", default: ".oomph/demo-thread.html" },
  help: { type: "boolean", short: "h", default: false },
} as const;
const USAGE = `npm run demo                    a full Redis, from the alert to writes that are accepted again
npm run demo -- kong            Kong's incident on a real Docker daemon
  --keep                        leaves it running with a prompt
  --page FILE                   where the thread is written as a page (${OPTIONS.page.default})
It uses servers of its own and a local Slack, never yours. Your own Redis, containers and clusters: npx oomph --help`;
const STORIES: Readonly<Record<string, () => Promise<Played>>> = { redis: playRedisStory, kong: playKongStory };
const out = (text: string): void => void process.stdout.write(`${text}\n`);
const { values, positionals } = asked();
let running: Stage | undefined;

process.once("SIGINT", () => {
  end(130);
});

try {
  const [name = "redis"] = positionals;
  const story = STORIES[name];
  if (story === undefined) throw new Error(`Expected one of ${Object.keys(STORIES).join(", ")}, got "${name}".`);
  const unused = Object.keys(process.env).filter((variable) => variable.startsWith("OOMPH_"));
  if (unused.length > 0) out(`Not used here, the demo has servers of its own: ${unused.join(", ")}.`);
  const played = await story();
  report(played);
  await writePage(played, played.told.thread);
  if (values.keep) {
    await runPrompt(played, out);
    await writePage(played, await threadNow(played));
  }
  end(0);
} catch (error) {
  const because = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : "";
  out(`\nThe demo failed. ${error instanceof Error ? error.message : String(error)}${because}`);
  if (running !== undefined) out(`Oomph's log ended with:\n${(await running.oomph.log()).split("\n").slice(-15).join("\n")}`);
  end(1);
}

/** What was typed; after `--help`, or what there is not, the process ends with what there is. */
function asked() {
  try {
    const typed = parseArgs({ allowPositionals: true, options: OPTIONS });
    if (!typed.values.help) return typed;
    out(USAGE);
    process.exit(0);
  } catch (error) {
    out(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exit(2);
  }
}

async function playRedisStory(): Promise<Played> {
  out("Setting the scene ...");
  const scene = await setScene((line) => out(`  ${line}`));
  running = scene;
  out("\nAn alert is posted in #alerts. The thread, as its readers see it:\n");
  const told = await playStory(scene);
  const again = async (): Promise<void> => {
    const keys = await fillForGood(scene.sessions);
    out(`Database ${TEST_DATABASE} of redis/sessions got ${keys} keys; it refuses writes again.`);
  };
  const alert = { alertname: "RedisMemoryFull", instance: "gateway-redis:6379", severity: "critical" };
  return { scene, alert, told, since: "the alert's post", again };
}

async function playKongStory(): Promise<Played> {
  const missing = await missingForKong();
  if (missing.length > 0)
    throw new Error(`This story needs a Docker daemon on this machine and nginx. Missing:\n  ${missing.join("\n  ")}`);
  out("Setting the scene ...");
  const scene = await setKongScene((line) => out(`  ${line}`));
  running = scene;
  const told = await playKong(scene, (line) => out(`  ${line}`));
  out("\nThe thread that opened by itself, as its readers see it:\n");
  const again = async (): Promise<void> => out("The old container is back: it fills its limit again by itself.");
  const alert = { alertname: "ContainerMemoryHigh", name: scene.kongName, severity: "warning" };
  return { scene, alert, told, since: "the first kill, as Docker saw it", again };
}

function report({ scene, told: { thread, milestones }, since }: Played): void {
  out(threadText(scene.slack, thread));
  out(`\nWhat really happened, asked of the servers themselves; times count from ${since}:`);
  for (const { what, afterMs } of milestones) out(`  ${formatDuration(afterMs).padStart(8)}  ${what}`);
}

/** With what was said in it since. */
async function threadNow({ scene, told: { thread } }: Played): Promise<Told["thread"]> {
  const [root] = thread;
  return root === undefined ? thread : scene.slack.thread(root.channel, root.ts);
}

async function writePage({ scene }: Played, thread: Told["thread"]): Promise<void> {
  const path = resolve(values.page);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, await threadPage(thread, scene.slack));
  out(`\nThe same thread as a page: ${path}`);
}

function end(code: number): void {
  const stopping = running;
  running = undefined;
  void Promise.resolve(stopping?.stop()).finally(() => process.exit(code));
}
