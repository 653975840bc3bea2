import type { IncomingMessage, ServerResponse } from "node:http";
import { messageOf } from "../../domain/errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";
import { isFromSlack } from "./signature.ts";
import type { TakeIn } from "./take-in.ts";

/** Where the process's own HTTP server must mount the handler. */
export const EVENTS_PATH = "/slack/events";
// A message of 40,000 characters with its attachments, escaped twice, stays well below.
const BODY_LIMIT_BYTES = 2 * 2 ** 20;
// Whose a body is shows only when it is there. Slack's are small, sent at once, and after 3 s nobody waits any more.
const MOST_HELD_BYTES = 32 * 2 ** 20;
const BODY_WITHIN_MS = 3_000;

export type HttpTransportParts = {
  readonly signingSecret: string;
  readonly takeIn: TakeIn;
  readonly clock: Clock;
  readonly log: Log;
  /** Longest wait for a body; absent: 3 s. */
  readonly bodyWithinMs?: number;
};

/**
 * Requests from Slack: commands, clicks and events. What is not taken is answered with 503, so that Slack sends an event
 * again (up to three times within an hour).
 */
export function createHttpTransport(parts: HttpTransportParts) {
  let isStopping = false;
  const held: Held = { bytes: 0 };
  return {
    requestHandler(req: IncomingMessage, res: ServerResponse): void {
      if (isStopping) return end(res, 503);
      if (req.method !== "POST" || pathOf(req) !== EVENTS_PATH) return end(res, 404);
      handle(parts, held, { req, res }).catch((error: unknown) => {
        parts.log.warn({ because: messageOf(error) }, "a request from Slack could not be answered");
        if (!res.headersSent) end(res, 503);
      });
    },
    stop(): void {
      isStopping = true;
    },
  };
}

type Exchange = { readonly req: IncomingMessage; readonly res: ServerResponse };

async function handle(parts: HttpTransportParts, held: Held, { req, res }: Exchange): Promise<void> {
  const { signingSecret, takeIn, clock, log, bodyWithinMs = BODY_WITHIN_MS } = parts;
  const late = setTimeout(() => req.destroy(), bodyWithinMs);
  const body = await readBody(req, held).finally(() => clearTimeout(late));
  if (body === "too-large") return end(res, 413);
  if (body === "too-much") return end(res, 503);
  const signed = { body, timestamp: headerOf(req, "x-slack-request-timestamp"), signature: headerOf(req, "x-slack-signature") };
  if (!isFromSlack(signed, signingSecret, clock.nowMs())) {
    log.warn({ path: pathOf(req) }, "refused a request without a valid signature of Slack, or older than 5 minutes");
    return end(res, 401);
  }
  const payload = parseBody(body, headerOf(req, "content-type"));
  if (payload === undefined) return end(res, 400);
  // Slack asks this once, when the address is entered in the app's settings.
  if (payload["type"] === "url_verification") return end(res, 200, { challenge: payload["challenge"] });

  const isTaken = await takeIn.take(payload, async (answer) => end(res, 200, answer));
  if (!isTaken) end(res, 503);
}

type Payload = Readonly<Record<string, unknown>>;

/** Events come as JSON, commands as a form, clicks and dialogs as JSON in a form's `payload`. */
function parseBody(body: Buffer, contentType: string): Payload | undefined {
  if (!contentType.startsWith("application/x-www-form-urlencoded")) return parseJson(body.toString());
  const form = new URLSearchParams(body.toString());
  const payload = form.get("payload");
  return payload === null ? Object.fromEntries(form) : parseJson(payload);
}

function parseJson(text: string): Payload | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isPayload(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isPayload(value: unknown): value is Payload {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Of all bodies that are being read. */
type Held = { bytes: number };

async function readBody(req: IncomingMessage, held: Held): Promise<Buffer | "too-large" | "too-much"> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of req) {
      if (!(chunk instanceof Uint8Array)) continue;
      bytes += chunk.byteLength;
      held.bytes += chunk.byteLength;
      if (bytes > BODY_LIMIT_BYTES) return "too-large";
      if (held.bytes > MOST_HELD_BYTES) return "too-much";
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } finally {
    held.bytes -= bytes;
  }
}

function headerOf(req: IncomingMessage, name: string): string {
  const value = req.headers[name];
  return typeof value === "string" ? value : "";
}

function pathOf(req: IncomingMessage): string {
  return (req.url ?? "").split("?", 1)[0] ?? "";
}

function end(res: ServerResponse, status: number, body?: Payload): void {
  if (body === undefined) {
    res.writeHead(status).end();
    return;
  }
  res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
