import type { KeyReading } from "../../ports/key-value-server.ts";
import { decodeKey } from "./key-names.ts";
import type { Answer, Command, Link } from "./link.ts";
import { asNumber, asText } from "./readings.ts";

// Elements of a large value that MEMORY USAGE looks at; the rest is extrapolated.
const SAMPLES = 5;

/** What a server may refuse (an LFU policy has no idle times, a user may lack the right) and a reading can be without. */
export type Extra = "idle" | "size";

export type DescribeOptions = { readonly withSize: boolean; readonly refused: Set<Extra> };

/**
 * Reads type, TTL and the extras of some keys at once. None of these commands moves a key's LRU or LFU clock. An extra
 * that is refused is added to the set and not asked for again: each refusal shows in the server's own statistics.
 */
export async function describeBatch(link: Link, keys: readonly string[], options: DescribeOptions): Promise<readonly KeyReading[]> {
  const asked: readonly Extra[] = (["idle", "size"] as const).filter(
    (extra) => !options.refused.has(extra) && (extra !== "size" || options.withSize),
  );
  const perKey = keys.map((key) => questions(decodeKey(key), asked));
  const answers = await link.askAll(perKey.flat());
  const width = 2 + asked.length;
  const readings: KeyReading[] = [];
  for (const [index, key] of keys.entries()) {
    const [type, ttl, ...more] = answers.slice(index * width, (index + 1) * width);
    for (const [which, answer] of more.entries()) if (answer.kind === "refusal") options.refused.add(asked[which] ?? "idle");
    const basics = await readBasics(link, type, ttl);
    if (basics !== undefined) readings.push({ key, ...basics, ...numbers(asked, more) });
  }
  return readings;
}

function questions(key: Buffer, extras: readonly Extra[]): readonly Command[] {
  return [
    { name: "TYPE", args: [key] },
    { name: "PTTL", args: [key] },
    ...extras.map((extra) =>
      extra === "idle" ? { name: "OBJECT IDLETIME", args: [key] } : { name: "MEMORY USAGE", args: [key, "SAMPLES", SAMPLES] },
    ),
  ];
}

/** Undefined: the key is gone. */
async function readBasics(
  link: Link,
  type: Answer | undefined,
  ttl: Answer | undefined,
): Promise<Pick<KeyReading, "type" | "ttlMs"> | undefined> {
  const typeName = asText(await needed(link, "TYPE", type));
  const ttlMs = asNumber(await needed(link, "PTTL", ttl));
  if (typeName === "none" || ttlMs === -2) return undefined;
  return ttlMs < 0 ? { type: typeName } : { type: typeName, ttlMs };
}

function numbers(asked: readonly Extra[], answers: readonly Answer[]): Pick<KeyReading, "idleSeconds" | "sizeBytes"> {
  const found = answers.flatMap((answer, index) => {
    const field = asked[index] === "idle" ? "idleSeconds" : "sizeBytes";
    return answer.kind === "reply" && typeof answer.value === "number" ? [[field, answer.value] as const] : [];
  });
  return Object.fromEntries(found);
}

async function needed(link: Link, command: string, answer: Answer | undefined): Promise<unknown> {
  if (answer?.kind === "refusal") throw await link.explain(answer.refusal, command);
  return answer?.value;
}
