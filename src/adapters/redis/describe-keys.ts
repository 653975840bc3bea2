import type { KeyReading } from "../../ports/key-value-server.ts";
import { decodeKey } from "./key-names.ts";
import type { Answer, Command, Link } from "./link.ts";
import { asNumber, asText } from "./readings.ts";

// Elements of a large value that MEMORY USAGE looks at; the rest is extrapolated.
const SAMPLES = 5;

/** Reads type, TTL, idle time and size of some keys at once. None of these commands moves a key's LRU or LFU clock. */
export async function describeBatch(link: Link, keys: readonly string[], withSize: boolean): Promise<readonly KeyReading[]> {
  const perKey = keys.map((key) => questions(decodeKey(key), withSize));
  const answers = await link.askAll(perKey.flat());
  const width = perKey[0]?.length ?? 0;
  const readings: KeyReading[] = [];
  for (const [index, key] of keys.entries()) {
    const reading = await read(link, key, answers.slice(index * width, (index + 1) * width));
    if (reading !== undefined) readings.push(reading);
  }
  return readings;
}

function questions(key: Buffer, withSize: boolean): readonly Command[] {
  return [
    { name: "TYPE", args: [key] },
    { name: "PTTL", args: [key] },
    { name: "OBJECT IDLETIME", args: [key] },
    ...(withSize ? [{ name: "MEMORY USAGE", args: [key, "SAMPLES", SAMPLES] }] : []),
  ];
}

async function read(link: Link, key: string, [type, ttl, idle, size]: readonly Answer[]): Promise<KeyReading | undefined> {
  const typeName = asText(await needed(link, "TYPE", type));
  const ttlMs = asNumber(await needed(link, "PTTL", ttl));
  // -2: it went in between.
  if (typeName === "none" || ttlMs === -2) return undefined;
  const idleSeconds = optional(idle);
  const sizeBytes = optional(size);
  return {
    key,
    type: typeName,
    ...(ttlMs < 0 ? {} : { ttlMs }),
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    ...(idleSeconds === undefined ? {} : { idleSeconds }),
  };
}

async function needed(link: Link, command: string, answer: Answer | undefined): Promise<unknown> {
  if (answer?.kind === "refusal") throw await link.explain(answer.refusal, command);
  return answer?.value;
}

/** Undefined: refused (no rights, an LFU policy, an old server) or the key went in between. */
function optional(answer: Answer | undefined): number | undefined {
  return answer?.kind === "reply" && typeof answer.value === "number" ? answer.value : undefined;
}
