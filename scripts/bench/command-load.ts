/**
 * Sends signed `/oom` commands at a fixed rate from a process of its own and prints latencies as JSON. Latency counts
 * from when a request was due, not from when it could be sent, so a stalled server cannot hide its stall.
 * What to send comes as JSON on standard input.
 */
import { createHmac, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { Agent, request, type OutgoingHttpHeaders } from "node:http";
import { z } from "zod";

const Load = z.object({
  url: z.string(),
  signingSecret: z.string(),
  perSecond: z.number().positive(),
  seconds: z.number().positive(),
  texts: z.array(z.string()).min(1),
  channel: z.string(),
  user: z.string(),
  /** One for each command: Slack's are good for five answers. */
  responseUrls: z.array(z.string()).min(1),
});
type Load = z.infer<typeof Load>;

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

await run(Load.parse(JSON.parse(readFileSync(0, "utf8"))));

async function run(load: Load): Promise<void> {
  const total = Math.round(load.perSecond * load.seconds);
  const startMs = performance.now() + 50;
  const sent: Promise<number>[] = [];
  for (let index = 0; index < total; index += 1) {
    const dueMs = startMs + (index * 1000) / load.perSecond;
    await until(dueMs);
    sent.push(send(load, index).then(() => performance.now() - dueMs));
  }
  const latencies = (await Promise.all(sent)).toSorted((left, right) => left - right);
  agent.destroy();
  process.stdout.write(
    `${JSON.stringify({ count: latencies.length, p50Ms: quantile(latencies, 0.5), p99Ms: quantile(latencies, 0.99), maxMs: latencies.at(-1) })}\n`,
  );
}

function until(dueMs: number): Promise<void> {
  const waitMs = dueMs - performance.now();
  return waitMs <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, waitMs));
}

function send(load: Load, index: number): Promise<void> {
  const body = new URLSearchParams({
    command: "/oom",
    text: load.texts[index % load.texts.length] ?? "help",
    user_id: load.user,
    user_name: "load",
    team_id: "T000000001",
    channel_id: load.channel,
    channel_name: "load",
    api_app_id: "A000000001",
    token: "unused",
    response_url: load.responseUrls[index % load.responseUrls.length] ?? "",
    trigger_id: randomUUID(),
  }).toString();
  const timestamp = Math.floor(Date.now() / 1000).toString();
  const signature = `v0=${createHmac("sha256", load.signingSecret).update(`v0:${timestamp}:${body}`).digest("hex")}`;
  const headers = {
    "content-type": "application/x-www-form-urlencoded",
    "content-length": Buffer.byteLength(body),
    "x-slack-request-timestamp": timestamp,
    "x-slack-signature": signature,
  };
  return post(load.url, headers, body);
}

/** What was lost with a connection kept from before is sent again; its time counts from when it was due all the same. */
function post(url: string, headers: OutgoingHttpHeaders, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method: "POST", agent, headers }, (response) => {
      response.resume();
      response.once("end", () =>
        response.statusCode === 200 ? resolve() : reject(new Error(`expected status 200, got ${response.statusCode}`)),
      );
    });
    call.once("error", (error) => (call.reusedSocket ? resolve(post(url, headers, body)) : reject(error)));
    call.end(body);
  });
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
