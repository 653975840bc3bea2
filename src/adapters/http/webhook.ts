import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { messageOf, OomphError } from "../../domain/errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";
import type { Proof, TakeSent, WebhookOutcome } from "../../ports/webhook.ts";
import { DEEPEST, isTooDeep } from "./depth.ts";
import { createLargeBodies, createPlaces, type LargeBodies, type Places } from "./places.ts";
import { drain, readBody, type BodyRead } from "./read-body.ts";
import { createTurnstile } from "./turnstile.ts";

export type WebhookParts = {
  readonly proof: Proof;
  readonly take: TakeSent;
  readonly clock: Clock;
  readonly log: Log;
  /** As in the route, for the log. */
  readonly path?: string;
  /** Told of each message that is refused for what it is: its sender is to be mended. */
  readonly onRefused?: () => void;
  /** Requests that have shown who they are, in a minute; absent: 6,000. */
  readonly perMinute?: number;
  /** The sender sends again after 5xx only: what shall come again is answered 503; absent: 429 and 408. */
  readonly onlyAfter5xx?: true;
  /** Bodies that are read at once before it is known whose they are, on all routes that share it; absent: 32 on this one. */
  readonly unproven?: Places;
  /** Bodies of more than 64 KiB, on all routes that share it; absent: 8 on this one. */
  readonly large?: LargeBodies;
  /** Longest wait for a body, whoever sends it; absent: 10 s. */
  readonly bodyWithinMs?: number;
  /** Longest body; absent: 1 MiB. */
  readonly limitBytes?: number;
  /** Content types that hold JSON, beside application/json: SNS calls it text. */
  readonly types?: readonly string[];
};

export const BODY_LIMIT_BYTES = 2 ** 20;
// A storm of single alerts, a hundred each second, is taken; what is more is told to come again.
const PER_MINUTE = 6_000;
const RETRY_AFTER_SECONDS = 5;
/** Of 1 MiB each they hold 32 MiB, whoever sends them. */
export const MOST_UNPROVEN = 32;
// A list of nothing but `{}` takes thirty times its length once it is parsed: of 4 MiB there is room for one.
const LARGE_BYTES = 64 * 2 ** 10;
/** Of 4 MiB each they hold 32 MiB. */
export const MOST_LARGE = 8;
const BODY_WITHIN_MS = 10_000;

type Reply = {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Its body did not end. */
  readonly isLate?: true;
};

type Gates = { readonly turnstile: ReturnType<typeof createTurnstile>; readonly unproven: Places; readonly large: LargeBodies };

/**
 * A route for one sender's JSON. 202 says that it is kept and will be handled; nothing else does. Who sends is looked at
 * before anything of the body is read, unless only a signature of the body can tell.
 */
export function createWebhook(parts: WebhookParts): (request: IncomingMessage, response: ServerResponse) => void {
  const turnstile = createTurnstile({ perMinute: parts.perMinute ?? PER_MINUTE, clock: parts.clock });
  const { unproven = createPlaces(MOST_UNPROVEN), large = createLargeBodies(MOST_LARGE) } = parts;
  const gates = { turnstile, unproven, large };
  const note = createRefusalLog(parts);
  return (request, response) => {
    void answered(parts, request, gates).then((reply) => {
      note(reply);
      send(response, reply);
      drain(request);
    });
  };
}

/** What answers where a route would be if it were configured. `settings`: what to set for it. */
export function createUnconfigured(settings: string): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    request.resume();
    send(response, fail(404, `no secret is configured for this webhook: set ${settings}`));
  };
}

const FOR_WHAT_IT_IS = [400, 401, 413, 415];
const LOGGED_AGAIN_MS = 60_000;

/** Each way of refusing once a minute, with how many there were since. */
function createRefusalLog({ clock, log, path, onRefused }: WebhookParts): (reply: Reply) => void {
  const lines = new Map<number, { atMs: number; count: number }>();
  return ({ status, body, isLate }) => {
    if (!FOR_WHAT_IT_IS.includes(status) && isLate === undefined) return;
    onRefused?.();
    const line = lines.get(status) ?? { atMs: Number.NEGATIVE_INFINITY, count: 0 };
    lines.set(status, line);
    line.count += 1;
    if (clock.nowMs() - line.atMs < LOGGED_AGAIN_MS) return;
    log.warn({ path, status, because: body["error"], count: line.count }, "a webhook refused what came");
    Object.assign(line, { atMs: clock.nowMs(), count: 0 });
  };
}

/** Never rejects. */
async function answered(parts: WebhookParts, request: IncomingMessage, gates: Gates): Promise<Reply> {
  try {
    return await answer(parts, request, gates);
  } catch (error) {
    if (request.destroyed && !request.complete) return fail(400, "the sender hung up before the end of its message");
    parts.log.error({ because: messageOf(error), error }, "an alert could not be taken");
    return fail(500, "it could not be taken, and was not kept: see the log of Oomph");
  }
}

async function answer(parts: WebhookParts, request: IncomingMessage, gates: Gates): Promise<Reply> {
  const { proof, types = [] } = parts;
  if (request.method !== "POST") return { ...fail(405, "expected POST"), headers: { allow: "POST" } };
  const shown = proof.byHeaders(request.headers);
  // Some senders show what they have only when they are asked.
  if (shown === "wrong") return { ...fail(401, proof.expected), headers: { "www-authenticate": 'Bearer, Basic realm="Oomph"' } };
  const refused = unreadable(request, types) ?? (shown === "right" ? oneTooMany(parts, gates) : undefined);
  if (refused !== undefined) return refused;

  if (shown === "right") return inPlace({ parts, request, gates }, async () => takeRead(parts, await wholeBody(parts, request), gates));
  const read = await provenBody(parts, request, gates);
  return read.kind === "read" ? inPlace({ parts, request, gates }, () => takeRead(parts, read, gates)) : takeRead(parts, read, gates);
}

type Asked = { readonly parts: WebhookParts; readonly request: IncomingMessage; readonly gates: Gates };

/** What does not say its length may be large. */
async function inPlace({ parts, request, gates }: Asked, work: () => Promise<Reply>): Promise<Reply> {
  if (Number(request.headers["content-length"] ?? Number.POSITIVE_INFINITY) <= LARGE_BYTES) return work();
  const giveBack = gates.large.take();
  if (giveBack === undefined) return busy(parts, "more large messages than are taken at once");
  try {
    return await work();
  } finally {
    giveBack();
  }
}

async function takeRead(parts: WebhookParts, read: BodyRead | Refused, { large }: Gates): Promise<Reply> {
  const { limitBytes = BODY_LIMIT_BYTES, take } = parts;
  if (read.kind === "refused") return read.reply;
  if (read.kind === "too-large") return fail(413, `expected at most ${limitBytes} bytes in one message`);
  const { bytes } = read;
  if (isTooDeep(bytes)) return fail(400, `expected JSON that is nested by at most ${DEEPEST}`);
  const work = async (): Promise<Reply> => {
    const parsed = parse(bytes);
    if (parsed.kind === "broken") return fail(400, "expected one JSON object in UTF-8, got something that cannot be parsed");
    const digest = createHash("sha256").update(bytes).digest("hex");
    return replyOf(parts, () => take(parsed.value, digest));
  };
  return bytes.byteLength > LARGE_BYTES ? large.inTurn(work) : work();
}

type Refused = { readonly kind: "refused"; readonly reply: Reply };

/** Anybody can send a body that claims to be signed: few are read at once. */
async function provenBody(parts: WebhookParts, request: IncomingMessage, gates: Gates): Promise<BodyRead | Refused> {
  const giveBack = gates.unproven.take();
  if (giveBack === undefined) return { kind: "refused", reply: busy(parts, "more signed messages than are read at once") };
  try {
    const read = await wholeBody(parts, request);
    if (read.kind !== "read") return read;
    const refusal = (await unprovenBody(parts, request, read.bytes)) ?? oneTooMany(parts, gates);
    return refusal === undefined ? read : { kind: "refused", reply: refusal };
  } finally {
    giveBack();
  }
}

function busy({ onlyAfter5xx }: WebhookParts, why: string): Reply {
  return { ...fail(onlyAfter5xx ? 503 : 429, `${why}: send it again in 1 s`), headers: { "retry-after": "1" } };
}

/** Nobody is waited for for long, not even with the right secret: a sender that hangs keeps a connection and what it has sent. */
async function wholeBody(parts: WebhookParts, request: IncomingMessage): Promise<BodyRead | Refused> {
  const { limitBytes = BODY_LIMIT_BYTES, bodyWithinMs = BODY_WITHIN_MS, onlyAfter5xx } = parts;
  const read = await within(bodyWithinMs, readBody(request, limitBytes));
  if (read !== "late") return read;
  const late = fail(onlyAfter5xx ? 503 : 408, `expected the whole message within ${bodyWithinMs / 1000} s: send it again`);
  return { kind: "refused", reply: { ...late, headers: { connection: "close" }, isLate: true } };
}

/** What is late may fail, and nobody minds. */
async function within<Value>(ms: number, promise: Promise<Value>): Promise<Value | "late"> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(() => resolve("late"), ms);
  });
  promise.catch(() => undefined);
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function oneTooMany({ onlyAfter5xx }: WebhookParts, { turnstile }: Gates): Reply | undefined {
  const refusal = turnstile.refusal();
  return refusal === undefined || onlyAfter5xx === undefined ? refusal : { ...refusal, status: 503 };
}

function unreadable(request: IncomingMessage, types: readonly string[]): Reply | undefined {
  const type = (request.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  const isJson = type === "application/json" || types.includes(type);
  return isJson && request.headers["content-encoding"] === undefined
    ? undefined
    : fail(415, "expected a body of application/json, not compressed");
}

/** Undefined: it is signed as it should be. */
async function unprovenBody({ proof, log }: WebhookParts, request: IncomingMessage, bytes: Uint8Array): Promise<Reply | undefined> {
  const proven = await proof.byBody(request.headers, bytes);
  if (proven.kind === "right") return undefined;
  if (proven.kind === "settled") return { status: 200, body: { status: "settled", what: proven.what } };
  log.warn({ because: proven.because }, "a webhook's message was not taken: its sender has not shown who it is");
  if (proven.kind === "forged") return fail(403, proven.because);
  return { ...fail(503, `${proven.because}: send it again`), headers: { "retry-after": String(RETRY_AFTER_SECONDS) } };
}

const KNOWN = "the same was taken before: it is counted once";

async function replyOf({ log }: WebhookParts, take: () => Promise<WebhookOutcome>): Promise<Reply> {
  try {
    const outcome = await take();
    if (outcome.kind === "unfit") return fail(400, `this is not what the sender's alerts look like: ${outcome.because}`);
    if (outcome.kind === "ignored") return { status: 200, body: { status: "ignored", id: outcome.id, because: outcome.because } };
    if (outcome.kind === "known") return { status: 202, body: { status: "known", id: outcome.id, because: KNOWN } };
    const { id, leftOut } = outcome;
    return { status: 202, body: { status: "queued", id, ...(leftOut === undefined ? {} : { leftOut }) } };
  } catch (error) {
    if (!(error instanceof OomphError) || error.code !== "queue-unavailable") throw error;
    log.error({ because: messageOf(error) }, "an alert could not be queued, its sender was told to try again");
    const headers = { "retry-after": String(RETRY_AFTER_SECONDS) };
    return { ...fail(503, "Oomph's queue cannot be reached, so the alert was not kept: send it again"), headers };
  }
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
