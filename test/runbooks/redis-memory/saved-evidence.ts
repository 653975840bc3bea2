import { readFileSync } from "node:fs";
import type { Evidence } from "../../../src/domain/evidence.ts";
import type { Json } from "../../../src/domain/json.ts";

type Saved = readonly Evidence[];

const file = new URL("fixtures/full-under-noeviction.json", import.meta.url);

/** What an investigation saved of a Redis 7.0 that tests had filled: 38,822 keys without a TTL, noeviction, writes refused. */
export const SAVED: Saved = JSON.parse(readFileSync(file, "utf8")).evidence;

const REFUSED = "(refused)";

/** What each kind of evidence may say; `absent`: it was not collected. */
export const SAYS = {
  probe: ["absent", "refused-oom", "accepted", "refused-misconf", "no-rights"],
  growth: ["absent", "still", "growing", "shrinking", "refusing"],
  census: ["absent", "test", "order"],
  clients: ["absent", "quick", "slow"],
} as const;

export type Scene = { readonly used: "full" | "near" | "little"; readonly policy: string };
export type Seen = { readonly [Kind in keyof typeof SAYS]: (typeof SAYS)[Kind][number] };

/** The saved evidence as it would have been in another scene, or with other readings. */
export function savedWith({ used, policy }: Scene, seen: Seen): Saved {
  const told = { used_memory: USED[used], maxmemory_policy: policy };
  // Redis before 5 does not sum the buffers of its clients in INFO: then the list of clients is all there is.
  const info = seen.clients === "quick" ? told : { ...told, mem_clients_normal: "(not told)" };
  return SAVED.flatMap((evidence): Saved => {
    const kind = KINDS[evidence.step];
    if (kind !== undefined && seen[kind] === "absent") return [];
    const change = { info, growth: growthOf(info, seen.growth), seen };
    if (evidence.step === "redis.surroundings") return [evidence];
    return [{ ...evidence, data: { nodes: [{ address: "10.0.0.5:6379", value: changed(evidence, change) }] } }];
  });
}

const USED = { full: "8646368", near: "7549747", little: "2097152" };
const KINDS: Readonly<Record<string, keyof Seen>> = {
  "redis.write-probe": "probe",
  "redis.growth": "growth",
  "redis.census": "census",
  "redis.clients": "clients",
};

type Fields = Readonly<Record<string, string>>;
type Change = { readonly info: Fields; readonly growth: Fields; readonly seen: Seen };

function changed(evidence: Evidence, { info, growth, seen }: Change): Json {
  const value = valueOf(evidence);
  switch (evidence.step) {
    case "redis.info":
      return { ...value, ...info };
    case "redis.config":
      return { ...value, "maxmemory-policy": info["maxmemory_policy"] ?? "" };
    case "redis.write-probe":
      return { kind: seen.probe, error: REFUSED };
    case "redis.growth":
      return { intervalMs: 500, first: { ...valueOf(infoOf()), ...info }, second: { ...valueOf(infoOf()), ...info, ...growth } };
    case "redis.census":
      return parsed(JSON.stringify(value).replaceAll("test:", `${seen.census}:`));
    case "redis.clients":
      return seen.clients === "slow" ? { ...value, outputBufferBytes: 4 * 2 ** 20 } : value;
    default:
      return value;
  }
}

/** The fields of the second reading that differ from the first. */
function growthOf({ used_memory: used = "" }: Fields, growth: Seen["growth"]): Fields {
  switch (growth) {
    case "growing":
      return { used_memory: String(Number(used) + 100_000), db2: "keys=39322,expires=0,avg_ttl=0" };
    case "shrinking":
      return { used_memory: String(Number(used) - 100_000), db2: "keys=38322,expires=0,avg_ttl=0" };
    case "refusing":
      return { errorstat_OOM: "count=900" };
    case "still":
    case "absent":
      return {};
  }
}

function infoOf(): Evidence {
  const info = SAVED.find(({ step }) => step === "redis.info");
  if (info === undefined) throw new Error("expected saved evidence with a reading of INFO");
  return info;
}

function valueOf({ data }: Evidence): Readonly<Record<string, Json>> {
  const { nodes }: { readonly nodes?: readonly { readonly value: Readonly<Record<string, Json>> }[] } = JSON.parse(JSON.stringify(data));
  return nodes?.[0]?.value ?? {};
}

function parsed(text: string): Json {
  const value: Json = JSON.parse(text);
  return value;
}
