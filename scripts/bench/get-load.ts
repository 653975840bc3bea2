/**
 * A process of its own that reads keys of a Redis as an application would, and says how long each GET took. Started
 * with the port and the number of keys; answers each message "report" with the latencies since the last one.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";

const READERS = 8;
const PAUSE_MS = 3;

const port = Number(process.argv[2]);
const keys = Number(process.argv[3]);
let latenciesMs: number[] = [];

process.on("message", () => {
  process.send?.(latenciesMs);
  latenciesMs = [];
});
process.on("disconnect", () => process.exit(0));
await Promise.all(Array.from({ length: READERS }, read));

async function read(): Promise<void> {
  const client = new Redis({ host: "127.0.0.1", port, disableClientInfo: true });
  for (;;) {
    const sentMs = performance.now();
    await client.get(`user:${Math.floor(Math.random() * keys)}`);
    latenciesMs.push(performance.now() - sentMs);
    await sleep(PAUSE_MS * (0.5 + Math.random()));
  }
}
