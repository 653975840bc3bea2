import type { IncomingMessage, ServerResponse } from "node:http";
import { refusalOf } from "./block-check.ts";
import { type EmulatedSlack, type Reply } from "./emulator.ts";
import type { Faults } from "./faults.ts";
import { asParams, paramsOf, type Params, readBody, sendJson, textOf } from "./http.ts";
import type { OwnMethods } from "./own-methods.ts";
import type { Pace } from "./pace.ts";
import type { LabCall } from "./types.ts";

export type WebApiParts = {
  readonly slack: EmulatedSlack;
  readonly own: OwnMethods;
  readonly faults: Faults;
  readonly pace: Pace | undefined;
  readonly isToken: (method: string, token: string) => boolean;
  readonly calls: LabCall[];
};

/**
 * What stands in front of the emulated Slack: records each call, lets the faults happen, keeps Slack's limits, answers
 * what the emulation cannot, and passes the rest on.
 */
export async function handleWebApi(parts: WebApiParts, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const path = new URL(req.url ?? "/", "http://lab").pathname;
  const body = await readBody(req);
  if (path.startsWith("/upload/") || path.startsWith("/files-pri/")) return passOn(parts.slack, { req, body }, res);

  const call = callOf({ req, body, path });
  const { outcome, send } = await settle(parts, call);
  const { method, channel, params } = call;
  parts.calls.push({ method, channel, params, atMs: Date.now(), outcome });
  send(res);
}

type Settled = { readonly outcome: string; readonly send: (res: ServerResponse) => void };

async function settle(parts: WebApiParts, call: Call): Promise<Settled> {
  const fault = parts.faults.take(call);
  switch (fault?.kind) {
    case "hang":
      return { outcome: "hang", send: () => undefined };
    case "status":
      return {
        outcome: `http ${fault.status}`,
        send: (res) => sendJson(res, "the local Slack was told to fail", { status: fault.status }),
      };
    case "rate-limited":
      return tooOften(fault.retryAfterSeconds);
    case "error":
      return replied(call, { ok: false, error: fault.error });
    case "answer-lost":
      await answer(parts, call);
      return { outcome: "answer-lost", send: (res) => res.destroy() };
    case undefined: {
      const waitSeconds = parts.pace?.(call.method, call.channel) ?? 0;
      return waitSeconds > 0 ? tooOften(waitSeconds) : replied(call, await answer(parts, call));
    }
  }
}

function tooOften(retryAfterSeconds: number): Settled {
  return { outcome: "http 429", send: (res) => sendJson(res, { ok: false, error: "ratelimited" }, { status: 429, retryAfterSeconds }) };
}

function replied({ method }: Call, reply: Reply): Settled {
  if (method === INCOMING) return { outcome: reply.ok ? "ok" : String(reply.error), send: (res) => sendWord(res, reply) };
  const status = method === "response_url" && !reply.ok ? 404 : 200;
  return { outcome: reply.ok ? "ok" : String(reply.error), send: (res) => sendJson(res, reply, { status }) };
}

type Call = {
  readonly method: string;
  readonly channel: string | undefined;
  readonly params: Params;
  readonly token: string;
  readonly path: string;
};

/** An incoming webhook says a word, not JSON. Source: Slack, "Sending messages using incoming webhooks". */
function sendWord(res: ServerResponse, reply: Reply): void {
  res.writeHead(reply.ok ? 200 : 400, { "content-type": "text/html; charset=utf-8" });
  res.end(reply.ok ? "ok" : String(reply.error));
}

const INCOMING = "incoming-webhook";
const INCOMING_PATH = /^\/services\/T\w+\/B\w+\/(\w+)$/;

function callOf({ req, body, path }: { readonly req: IncomingMessage; readonly body: Buffer; readonly path: string }): Call {
  const params = paramsOf(body, req.headers["content-type"] ?? "");
  const [, hooked] = INCOMING_PATH.exec(path) ?? [];
  if (hooked !== undefined) return { method: INCOMING, channel: hooked, params: asParams(params["payload"] ?? params), token: "", path };
  return {
    method: path.startsWith("/response/") ? "response_url" : path.replace("/api/", ""),
    channel: textOf(params["channel"] ?? params["channel_id"] ?? params["channels"]) || undefined,
    params,
    token: /^Bearer (.+)$/.exec(req.headers.authorization ?? "")?.[1] ?? textOf(params["token"]),
    path,
  };
}

async function answer({ own, slack, isToken }: WebApiParts, { method, channel, params, token, path }: Call): Promise<Reply> {
  if (method !== "response_url" && method !== INCOMING && !isToken(method, token)) return { ok: false, error: "invalid_auth" };
  const refused = refusalOf(method, params);
  if (refused !== undefined) return { ok: false, error: refused };
  if (method === INCOMING) return own.takeIncoming(channel ?? "", params);
  if (method === "response_url") return own.respond(path.replace("/response/", ""), params);
  const mine = own.methods[method];
  return mine === undefined ? slack.call(method, params, token) : mine(params, token);
}

async function passOn(
  slack: EmulatedSlack,
  { req, body }: { readonly req: IncomingMessage; readonly body: Buffer },
  res: ServerResponse,
): Promise<void> {
  const answered = await fetch(`http://127.0.0.1:${slack.port}${req.url}`, {
    method: req.method ?? "POST",
    headers: { "content-type": req.headers["content-type"] ?? "application/octet-stream", authorization: req.headers.authorization ?? "" },
    ...(req.method === "POST" && { body: new Uint8Array(body) }),
  });
  res.writeHead(answered.status, { "content-type": answered.headers.get("content-type") ?? "text/plain" });
  res.end(Buffer.from(await answered.arrayBuffer()));
}
