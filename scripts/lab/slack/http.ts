import type { IncomingMessage, ServerResponse } from "node:http";

export type Params = Readonly<Record<string, unknown>>;

const JSON_FIELDS = ["blocks", "attachments", "metadata", "view", "files"];

export async function readBody(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** A form or a JSON object; in forms Slack takes some fields as JSON. */
export function paramsOf(body: Buffer, contentType: string): Params {
  if (contentType.includes("json")) return asParams(JSON.parse(body.toString() || "{}"));
  const form = Object.fromEntries(new URLSearchParams(body.toString()));
  return Object.fromEntries(Object.entries(form).map(([name, value]) => [name, JSON_FIELDS.includes(name) ? JSON.parse(value) : value]));
}

export function sendJson(res: ServerResponse, body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): void {
  res.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
  res.end(JSON.stringify(body));
}

export function asParams(value: unknown): Params {
  return isParams(value) ? value : {};
}

function isParams(value: unknown): value is Params {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
