import { parseBytes } from "../../domain/bytes.ts";
import type { ComposeChange } from "../../ports/compose-files.ts";
import { limitPath } from "./edit-limit.ts";
import { Model } from "./schema.ts";

type Model = ReturnType<typeof Model.parse>;

/** What a file means, in one form: variables as text by name, limits as bytes. Two files that mean the same are equal. Pure. */
export function meaningOf(model: unknown, service: string): Model {
  const read = plain(model);
  const one = read.services[service];
  if (one === undefined) return read;
  return { ...read, services: { ...read.services, [service]: { ...one, ...limitsOf(one), ...environmentOf(one) } } };
}

/** What a file shall mean after the change. Pure. */
export function expectedMeaning(model: unknown, service: string, { set, unset, limitBytes }: ComposeChange): Model {
  const read = meaningOf(model, service);
  const one = read.services[service] ?? {};
  const gone = new Set(unset);
  const doubled = Object.entries(set).map(([name, value]) => [name, value.replaceAll("$", "$$$$")]);
  const asItIs = Object.entries(plainRecord(one["environment"])).filter(([name]) => !gone.has(name));
  const environment =
    doubled.length === 0 && unset.length === 0 ? {} : { environment: { ...Object.fromEntries(asItIs), ...Object.fromEntries(doubled) } };
  const version = typeof read["version"] === "string" || typeof read["version"] === "number" ? String(read["version"]) : "";
  const limited = limitBytes === undefined ? one : withAt(one, limitPath(one, version), limitBytes);
  return { ...read, services: { ...read.services, [service]: { ...limited, ...environment } } };
}

/** Without objects that stand in two places: a change in one would be one in both. */
function plain(model: unknown): Model {
  return Model.parse(JSON.parse(JSON.stringify(model)));
}

function environmentOf(service: Readonly<Record<string, unknown>>): { readonly environment?: Readonly<Record<string, unknown>> } {
  const { environment } = service as { readonly environment?: unknown };
  if (environment === undefined) return {};
  if (Array.isArray(environment)) {
    const entries = environment.map((entry: unknown) => String(entry));
    return {
      environment: Object.fromEntries(
        entries.map((entry) =>
          entry.includes("=") ? [entry.slice(0, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1)] : [entry, null],
        ),
      ),
    };
  }
  const named = Object.entries(plainRecord(environment));
  return {
    environment: Object.fromEntries(
      named.map(([name, value]) => [name, value === null || typeof value === "string" ? value : JSON.stringify(value)]),
    ),
  };
}

function limitsOf(service: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const path = limitPath(service, "");
  const now = path.reduce<unknown>((value, name) => plainRecord(value)[name], service);
  const bytes = typeof now === "string" || typeof now === "number" ? parseBytes(String(now)) : undefined;
  return bytes === undefined ? {} : withAt(service, path, bytes);
}

function withAt(
  value: Readonly<Record<string, unknown>>,
  [name = "", ...rest]: readonly string[],
  bytes: number,
): Readonly<Record<string, unknown>> {
  return { ...value, [name]: rest.length === 0 ? bytes : withAt(plainRecord(value[name]), rest, bytes) };
}

function plainRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {};
}
