/**
 * The baseline of the storm: what a team writes in a day with Bolt and BullMQ. Commands, posts and webhooks are queued and
 * acknowledged; a worker posts a thread for each alert's container, and further alerts of it below. Threads are in memory.
 * Prints its port. Run: tsx bare-storm-app.ts REDIS_URL SIGNING_SECRET BOT_TOKEN SLACK_API_URL CHANNEL
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import bolt from "@slack/bolt";
import { Queue, Worker } from "bullmq";
import { z } from "zod";

const [redisUrl = "", signingSecret = "", botToken = "", slackApiUrl = "", channel = ""] = process.argv.slice(2);
const { hostname: host, port } = new URL(redisUrl);
const connection = { host, port: Number(port) };
const commands = new Queue("bare-commands", { connection });
const alerts = new Queue<Said>("bare-alerts", { connection, defaultJobOptions: { attempts: 10, backoff: 1_000, removeOnComplete: true } });
const receiver = new bolt.HTTPReceiver({ signingSecret, endpoints: "/slack/events" });
const app = new bolt.App({
  receiver,
  logLevel: bolt.LogLevel.ERROR,
  clientOptions: { slackApiUrl },
  authorize: () => Promise.resolve({ botToken, botId: "B000000001", botUserId: "U000000001" }),
});

type Said = { readonly name: string; readonly number: string };

const Posted = z.object({ ts: z.string() });
const Body = z.object({
  alerts: z.array(z.object({ labels: z.object({ name: z.string() }), annotations: z.object({ number: z.string() }) })),
});

app.command("/oom", async ({ command, ack }) => {
  await commands.add("command", { text: command.text, userId: command.user_id }, { jobId: command.trigger_id });
  await ack();
});
app.event("message", async ({ event }) => {
  const words = "text" in event ? (event.text ?? "") : "";
  const [name, number] = [/^name=(.+)$/m.exec(words)?.[1], /^number=(\d+)$/m.exec(words)?.[1]];
  if (name !== undefined && number !== undefined) await alerts.add("alert", { name, number }, { jobId: `post-${event.event_ts}` });
});

const threads = new Map<string, Promise<string>>();

new Worker<Said>("bare-alerts", ({ data }) => tell(data), { connection, concurrency: 10 }).on("error", () => undefined);
new Worker("bare-commands", () => Promise.resolve(), { connection, concurrency: 10 }).on("error", () => undefined);

async function tell({ name, number }: Said): Promise<void> {
  const words = `Memory of ${name} is above 90% of its limit (alert ${name}#${number})`;
  const thread = threads.get(name);
  if (thread !== undefined) return void (await post(words, await thread));
  const root = post(words);
  threads.set(name, root);
  root.catch(() => threads.delete(name));
  await root;
}

async function post(words: string, threadTs?: string): Promise<string> {
  const where = threadTs === undefined ? { channel } : { channel, thread_ts: threadTs };
  const answer = await app.client.apiCall("chat.postMessage", { token: botToken, text: words, ...where });
  return Posted.parse(answer).ts;
}

async function onWebhook(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = Body.parse(JSON.parse(await text(request)));
  await alerts.addBulk(
    body.alerts.map(({ labels, annotations }) => ({ name: "alert", data: { name: labels.name, number: annotations.number } })),
  );
  response.writeHead(202).end();
}

const server = createServer((request, response) => {
  if (request.url === "/slack/events") receiver.requestListener(request, response);
  else onWebhook(request, response).catch(() => response.writeHead(500).end());
});
// As long as Oomph keeps one: by Node's own 5 s a stalled process closes connections that the next command comes by.
server.keepAliveTimeout = 75_000;
server.listen(0, "127.0.0.1");
await once(server, "listening");
const address = server.address() as AddressInfo;
process.stdout.write(`${JSON.stringify({ port: address.port })}\n`);
