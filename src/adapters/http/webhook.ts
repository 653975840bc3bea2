import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { messageOf, OomphError } from "../../domain/errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";
import type { TakeSent } from "../../ports/webhook.ts";
import { drain, readBody } from "./read-body.ts";
import { createTurnstile } from "./turnstile.ts";

export type WebhookParts = {
  /** Sent along as `Authorization: Bearer <secret>` or `x-oomph-secret: <secret>`. */
  readonly secret: string;
  readonly take: TakeSent;
  readonly clock: Clock;
  readonly log: Log;
  /** Requests with the right secret in a minute; absent: 600. */
  readonly perMinute?: number;
};

export const BODY_LIMIT_BYTES = 2 ** 20;
const PER_MINUTE = 600;
const RETRY_AFTER_SECONDS = 5;

type Reply = {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
};

/**
 * A route for one sender's JSON. 202 says that it is kept and will be handled; nothing else does. The secret is looked at
 * before anything of the body is read.
 */
export function createWebhook(parts: WebhookParts): (request: IncomingMessage, response: ServerResponse) => void {
  const { secret, clock, perMinute = PER_MINUTE } = parts;
  const isRight = comparer(secret);
  const turnstile = createTurnstile({ perMinute, clock });
  return (request, response) => {
    const refused = refusal(request, isRight) ?? turnstile.refusal();
    void (refused === undefined ? answered(parts, request) : Promise.resolve(refused)).then((reply) => {
      send(response, reply);
      drain(request);
    });
  };
}

/** Never rejects. */
async function answered(parts: WebhookParts, request: IncomingMessage): Promise<Reply> {
  try {
    return await answer(parts, request);
  } catch (error) {
    parts.log.error({ because: messageOf(error), error }, "an alert could not be taken");
    return fail(500, "it could not be taken, and was not kept: see the log of Oomph");
  }
}

function refusal(request: IncomingMessage, isRight: (secret: string) => boolean): Reply | undefined {
  if (request.method !== "POST") return { ...fail(405, "expected POST"), headers: { allow: "POST" } };
  if (!isRight(secretOf(request)))
    return {
      ...fail(401, "expected the secret of webhooks.wazuhSecret, as `Authorization: Bearer <secret>` or `x-oomph-secret: <secret>`"),
      headers: { "www-authenticate": "Bearer" },
    };
  const type = request.headers["content-type"] ?? "";
  if (!/^application\/json *(?:;|$)/i.test(type) || request.headers["content-encoding"] !== undefined)
    return fail(415, "expected a body of application/json, not compressed");
  return undefined;
}

async function answer({ take, log }: WebhookParts, request: IncomingMessage): Promise<Reply> {
  const read = await readBody(request, BODY_LIMIT_BYTES);
  if (read.kind === "too-large") return fail(413, `expected at most ${BODY_LIMIT_BYTES} bytes, one alert`);
  const parsed = parse(read.bytes);
  if (parsed.kind === "broken") return fail(400, "expected one JSON object in UTF-8, got something that cannot be parsed");
  try {
    const outcome = await take(parsed.value);
    if (outcome.kind === "unfit") return fail(400, `this is not what the sender's alerts look like: ${outcome.because}`);
    return outcome.kind === "queued"
      ? { status: 202, body: { status: "queued", id: outcome.id } }
      : { status: 200, body: { status: "ignored", id: outcome.id, because: outcome.because } };
  } catch (error) {
    if (!(error instanceof OomphError) || error.code !== "queue-unavailable") throw error;
    log.error({ because: messageOf(error) }, "an alert could not be queued, its sender was told to try again");
    const headers = { "retry-after": String(RETRY_AFTER_SECONDS) };
    return { ...fail(503, "Oomph's queue cannot be reached, so the alert was not kept: send it again"), headers };
  }
}

/** Compares in the same time whatever came, and however long it is. */
function comparer(secret: string): (given: string) => boolean {
  const key = randomBytes(32);
  const digest = (text: string): Buffer => createHmac("sha256", key).update(text).digest();
  const expected = digest(secret);
  return (given) => timingSafeEqual(digest(given), expected);
}

/** `` where there is none: no secret is that short. */
function secretOf({ headers }: IncomingMessage): string {
  const own = headers["x-oomph-secret"];
  if (typeof own === "string") return own;
  return /^bearer +(\S+) *$/i.exec(headers.authorization ?? "")?.[1] ?? "";
}

type Parsed = { readonly kind: "parsed"; readonly value: unknown } | { readonly kind: "broken" };

function parse(bytes: Uint8Array): Parsed {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return { kind: "parsed", value };
  } catch {
    return { kind: "broken" };
  }
}

function fail(status: number, error: string): Reply {
  return { status, body: { error } };
}

function send(response: ServerResponse, { status, body, headers = {} }: Reply): void {
  response.writeHead(status, {
    "content-type": "application/json",
    "cache-control": "no-store",
    ...headers,
  });
  response.end(`${JSON.stringify(body)}\n`);
}
