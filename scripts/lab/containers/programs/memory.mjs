// What uses memory in the lab's containers: `node memory.mjs <kind>`, figures from the environment.
import { spawn } from "node:child_process";

const MIB = 2 ** 20;
const [kind = "steady"] = process.argv.slice(2);
const number = (name, otherwise) => Number(process.env[name] ?? otherwise);
const held = [];

const KINDS = { steady, leak, sawtooth, spike, children, heap, hog };
const start = KINDS[kind];
if (start === undefined) throw new Error(`expected one of ${Object.keys(KINDS).join(", ")}, got ${kind}`);
start();
console.log(`${kind} began`);
process.on("SIGTERM", () => process.exit(0)); // PID 1 has no default

function steady() {
  grow(number("LAB_MIB", 48) * MIB);
  setInterval(touch, 1000);
}

function leak() {
  const everyMs = number("LAB_EVERY_MS", 200);
  const bytes = (number("LAB_MIB_PER_SECOND", 2) * MIB * everyMs) / 1000;
  const most = number("LAB_MOST_MIB", Infinity) * MIB;
  let total = 0;
  setInterval(() => {
    if (total >= most) return;
    total += bytes;
    grow(bytes);
  }, everyMs);
}

function sawtooth() {
  const everyMs = number("LAB_EVERY_MS", 200);
  const top = number("LAB_TOP_MIB", 64) * MIB;
  const steps = Math.max(2, Math.round((number("LAB_PERIOD_SECONDS", 4) * 1000) / everyMs));
  setInterval(() => {
    grow(top / steps);
    if (held.length < steps) return;
    held.length = 0;
    globalThis.gc?.();
    console.log("collected");
  }, everyMs);
}

function spike() {
  grow(number("LAB_MIB", 16) * MIB);
  const burst = () => {
    console.log("a burst of requests");
    const from = held.length;
    for (let mib = 0; mib < number("LAB_SPIKE_MIB", 64); mib += 4) grow(4 * MIB);
    setTimeout(
      () => {
        held.length = from;
        globalThis.gc?.();
        console.log("the burst is over");
      },
      number("LAB_SPIKE_SECONDS", 2) * 1000,
    );
  };
  process.on("SIGUSR2", burst);
  if (number("LAB_SPIKE_AFTER_SECONDS", 0) > 0) setTimeout(burst, number("LAB_SPIKE_AFTER_SECONDS", 0) * 1000);
}

/** Lives on while the kernel kills what it starts. */
function children() {
  const again = () => {
    const child = spawn(process.execPath, [process.argv[1], "hog"], { stdio: "inherit" });
    child.once("exit", (code, signal) => {
      console.log(`child ${child.pid} ended by ${signal ?? `code ${code}`}`);
      if (number("LAB_AGAIN_SECONDS", 0) > 0) setTimeout(again, number("LAB_AGAIN_SECONDS", 0) * 1000);
    });
  };
  again();
  setInterval(() => {}, 1000);
}

function hog() {
  setInterval(() => grow(8 * MIB), 50);
}

/** With --max-old-space-size: Node ends itself long before the container's limit. */
function heap() {
  setInterval(() => held.push(Array.from({ length: 20_000 }, (_, index) => ({ index, text: `entry ${index}` }))), 20);
}

function grow(bytes) {
  held.push(Buffer.alloc(bytes, 1)); // written to, so that it counts
}

function touch() {
  for (const buffer of held) buffer[0] = (buffer[0] + 1) % 256;
}
