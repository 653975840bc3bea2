import type { Evidence, StepFailure } from "../../domain/evidence.ts";
import { readInfo, type InfoReading } from "./read-info.ts";
import {
  Census,
  Clients,
  Fields,
  Growth,
  Health,
  MemoryStats,
  PerNode,
  Probe,
  Surroundings,
  type DatabaseCensus,
  type Schema,
} from "./schema.ts";
import type { Gap, Seen } from "../seen.ts";

/** All that is known of one server. Undefined: not collected. */
export type NodePicture = {
  readonly address: string;
  /** Another server stands beside it, so that reasons must say which one they mean. */
  readonly oneOfMany: boolean;
  readonly info: Seen<InfoReading> | undefined;
  readonly config: Seen<Fields> | undefined;
  readonly memoryStats: Seen<MemoryStats> | undefined;
  readonly probe: Seen<Probe> | undefined;
  /** An error text from elsewhere says that writes were refused for want of memory, at a time unknown. */
  readonly reportedRefusal: Seen<true> | undefined;
  readonly clients: Seen<Clients> | undefined;
  readonly census: Seen<readonly DatabaseCensus[]> | undefined;
  readonly growth: Seen<Growth> | undefined;
  readonly memoryLimitBytes: Seen<number> | undefined;
  readonly gaps: readonly Gap[];
};

/** All that is known of a connection: its servers, and what stands beside them. */
export type Picture = {
  readonly nodes: readonly NodePicture[];
  readonly health: Seen<Health> | undefined;
  /** The database that was asked about. */
  readonly database: number | undefined;
  /** Masters that did not answer when the connection was opened, and the evidence that says so. */
  readonly missing: readonly { readonly address: string; readonly because: string }[];
  readonly surroundingsId: string;
};

/** Puts evidence together, server by server. Evidence that does not read as its step's type is a gap, not an error. */
export function assemble(evidence: readonly Evidence[], failures: readonly StepFailure[]): Picture {
  const surroundings = readStep(evidence, "redis.surroundings", Surroundings);
  const limit = surroundings?.value.memoryLimitBytes;
  const memoryLimitBytes =
    surroundings === undefined || limit === undefined ? undefined : { evidenceId: surroundings.evidenceId, value: limit };
  const addresses = addressesIn(evidence);
  const stepGaps = failures.map(({ step, code, because }) => ({ step, code, because }));
  const nodes = addresses.map((address) => ({
    ...readNode(evidence, address),
    memoryLimitBytes,
    oneOfMany: addresses.length > 1,
    gaps: [...stepGaps, ...gapsOf(evidence, address)],
  }));
  return {
    nodes,
    health: readStep(evidence, "redis.health", Health),
    database: surroundings?.value.database,
    missing: surroundings?.value.missing ?? [],
    surroundingsId: surroundings?.evidenceId ?? "redis.surroundings",
  };
}

/** A server of which nothing is known, to be filled in by whoever knows something. */
export function unknownNode(address: string): NodePicture {
  return {
    address,
    oneOfMany: false,
    info: undefined,
    config: undefined,
    memoryStats: undefined,
    probe: undefined,
    reportedRefusal: undefined,
    clients: undefined,
    census: undefined,
    growth: undefined,
    memoryLimitBytes: undefined,
    gaps: [],
  };
}

function readNode(evidence: readonly Evidence[], address: string): NodePicture {
  const seen = <Value>(step: string, schema: Schema<Value>) => readOne(evidence, step, { address, schema });
  const info = seen("redis.info", Fields);
  const census = seen("redis.census", Census);
  const probe = seen("redis.write-probe", Probe);
  return {
    ...unknownNode(address),
    info: info && { evidenceId: info.evidenceId, value: readInfo(info.value) },
    config: seen("redis.config", Fields),
    memoryStats: seen("redis.memory-stats", MemoryStats),
    probe: probe?.value.kind === "no-rights" ? undefined : probe,
    clients: seen("redis.clients", Clients),
    census: census && { evidenceId: census.evidenceId, value: census.value.databases },
    growth: seen("redis.growth", Growth),
  };
}

function addressesIn(evidence: readonly Evidence[]): readonly string[] {
  const addresses = evidence.flatMap(({ data }) => PerNode.safeParse(data).data?.nodes.map(({ address }) => address) ?? []);
  return [...new Set(addresses)];
}

function gapsOf(evidence: readonly Evidence[], address: string): readonly Gap[] {
  return evidence.flatMap(({ step, data }) => {
    const node = nodeIn(data, address);
    if (node !== undefined && "code" in node) return [{ step, code: node.code, because: node.because }];
    const probe = node === undefined || step !== "redis.write-probe" ? undefined : Probe.safeParse(node.value).data;
    return probe?.kind === "no-rights" ? [{ step, code: "no-rights", because: probe.error ?? "a write was not permitted" }] : [];
  });
}

function readOne<Value>(
  evidence: readonly Evidence[],
  step: string,
  { address, schema }: { readonly address: string; readonly schema: Schema<Value> },
): Seen<Value> | undefined {
  const found = evidence.findLast((each) => each.step === step);
  const node = nodeIn(found?.data, address);
  if (found === undefined || node === undefined || !("value" in node)) return undefined;
  const parsed = schema.safeParse(node.value);
  return parsed.success ? { evidenceId: found.id, value: parsed.data } : undefined;
}

function readStep<Value>(evidence: readonly Evidence[], step: string, schema: Schema<Value>): Seen<Value> | undefined {
  const found = evidence.findLast((each) => each.step === step);
  const parsed = schema.safeParse(found?.data);
  return found === undefined || !parsed.success ? undefined : { evidenceId: found.id, value: parsed.data };
}

function nodeIn(data: unknown, address: string) {
  return PerNode.safeParse(data).data?.nodes.find((node) => node.address === address);
}
