import type { ClientReading } from "../../ports/key-value-server.ts";
import { OomphError } from "../../domain/errors.ts";

/** INFO's text → field and value as the server wrote them; section names are dropped. */
export function parseInfo(text: string): Readonly<Record<string, string>> {
  const fields: [string, string][] = [];
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(":");
    if (colon > 0 && !line.startsWith("#")) fields.push([line.slice(0, colon), line.slice(colon + 1)]);
  }
  return Object.fromEntries(fields);
}

/** CLIENT LIST's text → one reading per client. Unknown fields are ignored; missing ones are empty or 0. */
export function parseClients(text: string): readonly ClientReading[] {
  return text
    .split(/\r?\n/)
    .filter((line) => line.startsWith("id="))
    .map(parseClient);
}

function parseClient(line: string): ClientReading {
  // A field ends where the next one begins: a unix socket's path may hold spaces, a client's name may hold "=".
  const fields = new Map(
    line.split(/ (?=[a-z-]+=)/).map((field) => [field.slice(0, field.indexOf("=")), field.slice(field.indexOf("=") + 1)]),
  );
  const word = (name: string): string => fields.get(name) ?? "";
  const count = (name: string): number => Number(fields.get(name) ?? 0);
  return {
    id: word("id"),
    address: word("addr"),
    name: word("name"),
    user: word("user"),
    command: word("cmd"),
    ageSeconds: count("age"),
    idleSeconds: count("idle"),
    outputBufferBytes: count("omem"),
    queryBufferBytes: count("qbuf"),
    totalBytes: count("tot-mem"),
    flags: word("flags"),
  };
}

/** MEMORY STATS: name, value, name, value...; a nested list continues its name: `db.0.overhead.hashtable.main`. */
export function flattenStats(reply: unknown, prefix = ""): Readonly<Record<string, number>> {
  const list = asList(reply);
  const flat: [string, number][] = [];
  for (let index = 0; index + 1 < list.length; index += 2) {
    const name = prefix + asText(list[index]);
    const value = list[index + 1];
    if (Array.isArray(value)) flat.push(...Object.entries(flattenStats(value, `${name}.`)));
    else flat.push([name, Number(asText(value))]);
  }
  return Object.fromEntries(flat.filter(([, value]) => Number.isFinite(value)));
}

/** TIME's reply, seconds and microseconds → milliseconds since 1970. */
export function asTime(reply: unknown): number {
  const [seconds, microseconds] = asList(reply);
  return asNumber(seconds) * 1000 + Math.floor(asNumber(microseconds) / 1000);
}

/** A reply that must be a string or a number. Throws OomphError `internal`: the server does not speak as Redis does. */
export function asText(reply: unknown): string {
  if (Buffer.isBuffer(reply)) return reply.toString();
  if (typeof reply === "string" || typeof reply === "number") return String(reply);
  throw unexpected("a text", reply);
}

export function asNumber(reply: unknown): number {
  const value = Number(asText(reply));
  if (Number.isNaN(value)) throw unexpected("a number", reply);
  return value;
}

export function asList(reply: unknown): readonly unknown[] {
  if (Array.isArray(reply)) return reply;
  throw unexpected("a list", reply);
}

export function asBytes(reply: unknown): Buffer {
  if (Buffer.isBuffer(reply)) return reply;
  throw unexpected("a text", reply);
}

function unexpected(what: string, reply: unknown): OomphError {
  return new OomphError("internal", `Expected ${what} from the server, got ${reply === null ? "nothing" : typeof reply}: is it a Redis?`);
}
