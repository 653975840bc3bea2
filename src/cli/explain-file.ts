import { createJudge, type Judge } from "../alerts/judge.ts";
import { formatBytes } from "../domain/bytes.ts";
import { codeOf, messageOf, OomphError } from "../domain/errors.ts";
import { KernelLogScan } from "../domain/kernel-oom/kernel-log-scan.ts";
import { looksLikeSystemLog } from "../domain/kernel-oom/looks-like-log.ts";
import { withConfiguredRedis, type RedisKnown } from "./configured-redis.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { explain, type Explanation } from "./explain.ts";
import { readerNamed, type NamedReader } from "./explain-as.ts";
import { explainHeap, mayBeProfile } from "./explain-heap.ts";
import { explainReading } from "./explain-kernel-log.ts";
import type { Io } from "./io.ts";
import { requireConfig, withFile } from "./load-config.ts";
import { printable } from "./printable.ts";

// Longer input is read as a kernel's log only, which needs no more memory however long it is.
const MOST_TEXT_BYTES = 16 * 2 ** 20;
const BEGINNING_BYTES = 65_536;
const MOST_PROFILE_BYTES = 64 * 2 ** 20;
// A pipe may hand on little at a time.
const PEEKED_BYTES = 256;
// Begins a colour of a terminal.
const ESCAPE = 27;
// Of evenly mixed bytes a tenth is odd.
const BINARY_SHARE = 0.05;

// What the first bytes of files that are no text are known by, and what makes text of them.
const NO_TEXT: readonly (readonly [beginning: string, hint: string])[] = [
  ["\u001f\u008b", "gzip: `zcat FILE | oomph explain -`"],
  ["\u0028\u00b5\u002f\u00fd", "zstd: `zstdcat FILE | oomph explain -`"],
  ["\u00fd7zXZ", "xz: `xzcat FILE | oomph explain -`"],
  ["BZh", "bzip2: `bzcat FILE | oomph explain -`"],
  ["PK\u0003\u0004", "zip: `unzip -p FILE | oomph explain -`"],
  ["\u00fe\u00ff", "UTF-16: `iconv -f utf-16 FILE | oomph explain -`"],
  ["\u00ff\u00fe", "UTF-16: `iconv -f utf-16 FILE | oomph explain -`"],
  ["LPKSHHRH", "a journal: `journalctl --file FILE -o short-iso | oomph explain -`"],
];

export type ExplainOptions = {
  readonly file: string;
  /** An earlier heap profile, to compare with. */
  readonly base?: string;
  /** Instead of ./oomph.yaml. */
  readonly config?: string;
  /** Whose webhook's it is: `alertmanager`, `generic/zabbix`. */
  readonly as?: string;
  readonly json: boolean;
};

/** `oomph explain <file|->`. */
export async function explainFile({ file, base, config, as: named, json }: ExplainOptions, io: Io): Promise<ExitCode> {
  const webhooks = async () => requireConfig(withFile(await io.sources(), config)).webhooks;
  const as = named === undefined ? undefined : await readerNamed(named, webhooks);
  let read: Promise<Settings> | undefined;
  const settings = (): Promise<Settings> => (read ??= settingsOf(config, io));
  const explained = await explainInput({ file, base, as, judge: async () => (await settings()).judge }, io);
  const { result, text } = explained.result.kind === "alert" ? withConfiguredRedis(explained, (await settings()).redis) : explained;
  if (result.kind === "unknown") io.err(text);
  if (json) io.out(`${JSON.stringify(result, null, 2)}\n`);
  else if (result.kind !== "unknown") io.out(printable(text)); // names of processes come from anyone who can start one
  return result.kind === "unknown" ? EXIT.badInput : EXIT.ok;
}

type Settings = { readonly judge: Judge; readonly redis: RedisKnown };

/** With the users' rules for alerts. Where the configuration does not read, and nobody has named it, a log is explained all the same. */
async function settingsOf(config: string | undefined, io: Io): Promise<Settings> {
  try {
    const { alerts, redis, kubernetes } = requireConfig(withFile(await io.sources(), config));
    return { judge: createJudge(alerts.rules), redis: { connections: redis.connections, hasClusters: kubernetes.clusters.length > 0 } };
  } catch (error) {
    if (config !== undefined || codeOf(error) !== "bad-input") throw error;
    io.err(`Your rules for alerts are left out: ${messageOf(error)}\n`);
    return { judge: createJudge(), redis: { connections: [], hasClusters: false } };
  }
}

/** The judge is asked for late: profiles and long logs need none. */
type Input = { readonly file: string; readonly base: string | undefined } & Reading;
type Reading = { readonly as: NamedReader | undefined; readonly judge: () => Promise<Judge> };

async function explainInput({ file, base, ...reading }: Input, io: Io): Promise<Explanation> {
  const { beginning, chunks } = await peek(chunksOf(file, io));
  if (base === undefined && !mayBeProfile(beginning)) return explainText(file, chunks, reading);
  const profile = await wholeProfile(chunks);
  return explainProfile(profile, base === undefined ? undefined : await wholeProfile(chunksOf(base, io)));
}

/** What is a profile, but of something else than the heap, is told as text is that is of no known kind. */
function explainProfile(profile: Uint8Array, base: Uint8Array | undefined): Explanation {
  try {
    return explainHeap(profile, base);
  } catch (error) {
    if (codeOf(error) !== "bad-input") throw error;
    const because = messageOf(error);
    return { result: { kind: "unknown", because }, text: `${because}\n` };
  }
}

async function explainText(file: string, chunks: AsyncIterable<Buffer>, { as, judge }: Reading): Promise<Explanation> {
  const scan = new KernelLogScan();
  let held: Buffer[] | undefined = [];
  let beginning = "";
  let bytes = 0;
  for await (const chunk of chunks) {
    if (bytes < BEGINNING_BYTES) {
      beginning += chunk.toString("latin1", 0, BEGINNING_BYTES);
      refuseBinary(beginning, file);
    }
    bytes += chunk.length;
    if (bytes > MOST_TEXT_BYTES) held = undefined;
    held?.push(chunk);
    scan.push(chunk.toString("latin1"));
  }
  refuseUnread(beginning);
  if (held !== undefined)
    return explain(
      Buffer.concat(held)
        .toString("utf8")
        .replace(/^\uFEFF/, ""),
      await judge(),
      as,
    );
  const reading = scan.end();
  if (reading.isOom || looksLikeSystemLog(beginning)) return explainReading(reading);
  throw new OomphError(
    "bad-input",
    `expected a kernel's log of any length, or other text of at most ${formatBytes(MOST_TEXT_BYTES)}, got ${formatBytes(bytes)} without a kernel's report: give the part around the incident`,
  );
}

async function wholeProfile(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const held: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > MOST_PROFILE_BYTES)
      throw new OomphError("bad-input", `expected a heap profile of at most ${formatBytes(MOST_PROFILE_BYTES)}, got more`);
    held.push(chunk);
  }
  return Buffer.concat(held);
}

/** The beginning of a file, and the whole of it. */
async function peek(chunks: AsyncGenerator<Buffer>): Promise<{ readonly beginning: Buffer; readonly chunks: AsyncIterable<Buffer> }> {
  const first: Buffer[] = [];
  let bytes = 0;
  while (bytes < PEEKED_BYTES) {
    const next = await chunks.next();
    if (next.done === true) break;
    first.push(next.value);
    bytes += next.value.length;
  }
  async function* whole(): AsyncGenerator<Buffer> {
    yield* first;
    yield* chunks;
  }
  return { beginning: Buffer.concat(first), chunks: whole() };
}

async function* chunksOf(file: string, io: Io): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of io.read(file)) yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  } catch (error) {
    const why = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    throw new OomphError("bad-input", `expected a file that can be read, or - for standard input, got ${JSON.stringify(file)} (${why})`, {
      cause: error,
    });
  }
}

/** The text form of a heap profile has sizes of stacks and no names that could be added up. */
function refuseUnread(beginning: string): void {
  if (/^heap profile: \d+: \d+ \[/.test(beginning))
    throw new OomphError("bad-input", "expected a heap profile in pprof's format, got one as text: fetch it again without ?debug=1");
}

function refuseBinary(beginning: string, file: string): void {
  const hint = NO_TEXT.find(([start]) => beginning.startsWith(start))?.[1] ?? (isBinary(beginning) ? "bytes that are no text" : undefined);
  if (hint === undefined) return;
  throw new OomphError("bad-input", `expected text, got ${file === "-" ? hint : hint.replace("FILE", file)}`);
}

/** After a crash a log may hold a stretch of zeros, and is text all the same. */
function isBinary(beginning: string): boolean {
  const told = beginning.replaceAll(/\0{16,}/g, "");
  let odd = 0;
  for (let at = 0; at < told.length; at += 1) {
    const code = told.charCodeAt(at);
    if (code < 9 || (code > 13 && code < 32 && code !== ESCAPE)) odd += 1;
  }
  return told === "" ? beginning !== "" : odd > told.length * BINARY_SHARE;
}
