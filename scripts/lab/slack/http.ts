import type { IncomingMessage, ServerResponse } from "node:http";

export type Params = Readonly<Record<string, unknown>>;

const JSON_FIELDS = ["blocks", "attachments", "metadata", "view", "files", "payload"];

export async function readBody(req: IncomingMessage): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of req) if (chunk instanceof Uint8Array) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A form or a JSON object; in forms Slack takes some fields as JSON. */
export function paramsOf(body: Buffer, contentType: string): Params {
  if (contentType.includes("json")) return asParams(JSON.parse(body.toString() || "{}"));
  const form = Object.fromEntries(new URLSearchParams(body.toString()));
  return Object.fromEntries(Object.entries(form).map(([name, value]) => [name, JSON_FIELDS.includes(name) ? JSON.parse(value) : value]));
}

export function sendJson(
  res: ServerResponse,
  body: unknown,
  how: { readonly status?: number; readonly retryAfterSeconds?: number } = {},
): void {
  const wait = how.retryAfterSeconds === undefined ? {} : { "retry-after": String(how.retryAfterSeconds) };
  res.writeHead(how.status ?? 200, { "content-type": "application/json; charset=utf-8", ...wait });
  res.end(JSON.stringify(body));
}

/** A string as it is, a number or boolean as text, "" for all else. */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

export function asParams(value: unknown): Params {
  return isParams(value) ? value : {};
}

function isParams(value: unknown): value is Params {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
