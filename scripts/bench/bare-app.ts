/**
 * The baseline: the least that a Bolt app on BullMQ can do for a command, which is to add one job and acknowledge. Nobody works
 * the jobs off. Prints its port. Run: tsx bare-app.ts REDIS_URL SIGNING_SECRET
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import bolt from "@slack/bolt";
import { Queue } from "bullmq";

const [redisUrl = "", signingSecret = ""] = process.argv.slice(2);
const redis = new URL(redisUrl);
const queue = new Queue("bare", { connection: { host: redis.hostname, port: Number(redis.port) } });
const receiver = new bolt.HTTPReceiver({ signingSecret, endpoints: "/slack/events" });
const app = new bolt.App({
  receiver,
  authorize: () => Promise.resolve({ botToken: "xoxb-bare", botId: "B000000001", botUserId: "U000000001" }),
});

app.command("/oom", async ({ command, ack }) => {
  await queue.add("command", { text: command.text, userId: command.user_id }, { jobId: command.trigger_id });
  await ack();
});

const server = createServer((request, response) => {
  receiver.requestListener(request, response);
});
// As long as Oomph keeps one: by Node's own 5 s a stalled process closes connections that the next command comes by.
server.keepAliveTimeout = 75_000;
server.listen(0, "127.0.0.1");
await once(server, "listening");
const address = server.address() as AddressInfo;
process.stdout.write(`${JSON.stringify({ port: address.port })}\n`);
