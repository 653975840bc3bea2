import { createHmac } from "node:crypto";
import type { LabSlack } from "./start-slack.ts";
import type { Delivered, Sendable, SendOptions } from "./types.ts";

/** Sends something to the app and waits for what the app says to it. */
export type Deliver = (sent: Sendable, options: SendOptions) => Promise<Delivered>;

/** Over HTTP when there is a URL, signed as Slack signs; else down the app's Socket Mode connection. */
export function createDeliver(slack: LabSlack, url: string | undefined): Deliver {
  return async (sent, options) => {
    const startedMs = performance.now();
    const { status, body } = url === undefined ? await overSocket(slack, sent, options) : await overHttp({ slack, url }, sent, options);
    return { status, body, tookMs: performance.now() - startedMs, sent };
  };
}

async function overSocket(slack: LabSlack, sent: Sendable, { retryNum }: SendOptions): Promise<Pick<Delivered, "status" | "body">> {
  const { acked, payload } = await slack.sockets.deliver(sent, retryNum);
  return { status: acked ? 200 : 0, body: payload };
}

async function overHttp(
  { slack, url }: { readonly slack: LabSlack; readonly url: string },
  sent: Sendable,
  options: SendOptions,
): Promise<Pick<Delivered, "status" | "body">> {
  const { contentType, text } = encode(sent);
  const timestamp = String(Math.floor((Date.now() - (options.agedMs ?? 0)) / 1000));
  const secret = options.forged === true ? "another secret" : slack.signingSecret;
  const answer = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": contentType,
      "x-slack-request-timestamp": timestamp,
      "x-slack-signature": `v0=${createHmac("sha256", secret).update(`v0:${timestamp}:${text}`).digest("hex")}`,
      ...(options.retryNum !== undefined && { "x-slack-retry-num": String(options.retryNum), "x-slack-retry-reason": "http_timeout" }),
    },
    body: text,
  });
  const body = await answer.text();
  return { status: answer.status, body: answer.headers.get("content-type")?.includes("json") === true ? JSON.parse(body) : body };
}

function encode({ kind, payload }: Sendable): { readonly contentType: string; readonly text: string } {
  if (kind === "event") return { contentType: "application/json", text: JSON.stringify(payload) };
  const fields = kind === "command" ? Object.entries(payload) : [["payload", JSON.stringify(payload)] as const];
  const form = new URLSearchParams(fields.map(([name, value]): [string, string] => [name, String(value)]));
  return { contentType: "application/x-www-form-urlencoded", text: form.toString() };
}
