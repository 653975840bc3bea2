import { Redis, ReplyError } from "ioredis";
import { OomphError, codeOf, messageOf } from "../../domain/errors.ts";
import { unaskedWords } from "../connection/unasked-words.ts";
import { describeServer, type Endpoint } from "./endpoint.ts";
import { explainLoss } from "./lost-connection.ts";
import { asText, parseInfo } from "./readings.ts";
import { explainRefusal, isOutOfRange, needsNoPassword, readRefusal, type Asked, type Refusal } from "./refusals.ts";
import { answersPlainly, expectsTls } from "./wire-probe.ts";

/** A command's name, with its subcommand where it has one, and its arguments. */
export type Command = { readonly name: string; readonly args: readonly (string | Buffer | number)[] };

/** Bulk strings are Buffers, integers numbers, lists arrays. */
export type Answer = { readonly kind: "reply"; readonly value: unknown } | { readonly kind: "refusal"; readonly refusal: Refusal };

/**
 * One connection to one database of one server. Nothing is queued while it is down and nothing is sent twice: what was
 * under way when it broke is an error, and the link is closed for good.
 */
export type Link = {
  /** The reply. Throws OomphError for a refusal too. */
  ask(command: Command): Promise<unknown>;
  /** All sent at once, answers in the same order; refusals are returned. Throws when the connection is lost. */
  askAll(commands: readonly Command[]): Promise<readonly Answer[]>;
  /** A refusal as the error that `ask` throws. */
  explain(refusal: Refusal, command: string): Promise<OomphError>;
  /** False once it broke or was closed. */
  readonly isOpen: () => boolean;
  close(): void;
};

// PING is refused, and the rest may be read: no right to PING, or writes (and with them PING) stopped after a failed snapshot.
const SERVES_ANYWAY = new Set(["NOPERM", "MISCONF"]);

const TIMED_OUT = Object.assign(new Error("no answer in time"), { code: "ETIMEDOUT" });

/** Connects, authenticates, selects the database and checks that the server answers. Throws OomphError. */
export async function openLink(endpoint: Endpoint, database: number): Promise<Link> {
  const { client, firstError } = makeClient(endpoint);
  const link = makeLink(client, endpoint, firstError);
  try {
    await client.connect().catch((error: unknown) => {
      throw loss(firstError() ?? error, endpoint, "connect");
    });
    await enter(link, endpoint);
    if (database !== 0) await select(link, endpoint, database);
    return link;
  } catch (error) {
    const isRefusal = link.isOpen();
    link.close();
    throw isRefusal ? error : await explainWire(error, endpoint);
  }
}

function makeClient(endpoint: Endpoint): { readonly client: Redis; readonly firstError: () => unknown } {
  const { at, tls } = endpoint;
  const client = new Redis({
    host: at.host,
    port: at.port,
    lazyConnect: true,
    // RESP2 and no CLIENT SETINFO: servers from Redis 3 on understand all that is sent.
    protocol: 2,
    disableClientInfo: true,
    enableReadyCheck: false,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    retryStrategy: null,
    connectTimeout: endpoint.connectTimeoutMs,
    ...(tls === undefined
      ? {}
      : { tls: { ca: tls.ca, cert: tls.cert, key: tls.key, servername: tls.serverName, rejectUnauthorized: tls.verify } }),
  });
  let first: unknown;
  client.on("error", (error: unknown) => {
    first ??= error; // those that follow are its consequences
  });
  return { client, firstError: () => first };
}

function makeLink(client: Redis, endpoint: Endpoint, firstError: () => unknown): Link {
  let isLost = false;
  async function askAll(commands: readonly Command[]): Promise<readonly Answer[]> {
    const pipeline = client.pipeline();
    for (const { name, args } of commands) {
      const [word = "", ...subcommand] = name.split(" ");
      pipeline.callBuffer(word, [...subcommand, ...args]);
    }
    // One timer for all: ioredis would set one per command, which costs more than the commands.
    const results = await within(endpoint.commandTimeoutMs, pipeline.exec());
    if (results === "late") throw lose(TIMED_OUT, commands[0]);
    return (results ?? []).map(([error, value], index): Answer => {
      if (error === null) return { kind: "reply", value };
      if (error instanceof ReplyError) return { kind: "refusal", refusal: readRefusal(error.message) };
      throw lose(firstError() ?? error, commands[index]);
    });
  }
  function lose(error: unknown, command: Command | undefined): OomphError {
    isLost = true;
    client.disconnect(); // late answers are nobody's any more
    return loss(error, endpoint, command?.name ?? "a command");
  }
  async function explain(refusal: Refusal, command: string): Promise<OomphError> {
    const error = explainRefusal(refusal, asked(endpoint, command));
    if (error.code !== "loading") return error;
    const [info] = await askAll([{ name: "INFO", args: ["persistence"] }]);
    return info?.kind === "reply" ? withProgress(error, parseInfo(asText(info.value))) : error;
  }
  async function ask(command: Command): Promise<unknown> {
    const [answer] = await askAll([command]);
    if (answer?.kind === "reply") return answer.value;
    throw await explain(answer?.refusal ?? readRefusal("ERR no answer"), command.name);
  }
  return { ask, askAll, explain, isOpen: () => !isLost && client.status === "ready", close: () => client.disconnect() };
}

async function within<Value>(ms: number, work: Promise<Value>): Promise<Value | "late"> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(resolve, ms, "late");
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** AUTH, PING (it fails while a server loads, is stale, or wants a password), and a name for the server's CLIENT LIST. */
async function enter(link: Link, { username, password }: Endpoint): Promise<void> {
  if (password !== undefined || username !== undefined) {
    const credentials = username === undefined ? [password ?? ""] : [username, password ?? ""];
    const [answer] = await link.askAll([{ name: "AUTH", args: credentials }]);
    if (answer?.kind === "refusal" && !needsNoPassword(answer.refusal)) throw await link.explain(answer.refusal, "AUTH");
  }
  const [pong] = await link.askAll([{ name: "PING", args: [] }]);
  if (pong?.kind === "refusal" && !SERVES_ANYWAY.has(pong.refusal.word)) throw await link.explain(pong.refusal, "PING");
  await link.askAll([{ name: "CLIENT SETNAME", args: ["oomph"] }]); // refused: then it has no name there
}

async function select(link: Link, endpoint: Endpoint, database: number): Promise<void> {
  const [answer] = await link.askAll([{ name: "SELECT", args: [database] }]);
  if (answer?.kind !== "refusal") return;
  if (!isOutOfRange(answer.refusal)) throw await link.explain(answer.refusal, "SELECT");
  const [config] = await link.askAll([{ name: "CONFIG GET", args: ["databases"] }]);
  const count =
    config?.kind === "reply" && Array.isArray(config.value) && config.value.length > 1 ? Number(asText(config.value[1])) : undefined;
  const has = count === undefined ? "no such database" : `${count} databases, 0 to ${count - 1}`;
  throw new OomphError("bad-input", `${describeServer(endpoint)} has ${has}; database ${database} was asked for. Name one that it has.`);
}

/**
 * With TLS on one side only, a server just closes the connection or waits for ever, and what it says when it turns us away
 * is lost when we were writing: one look at it tells these from a crash or a hang.
 */
async function explainWire(error: unknown, endpoint: Endpoint): Promise<unknown> {
  const server = describeServer(endpoint);
  if (endpoint.tls === undefined && codeOf(error) === "unreachable" && (await expectsTls(endpoint.at))) {
    return new OomphError("unreachable", `${server} expects TLS, and the connection is without. Use rediss:// instead of redis://.`, {
      cause: error,
    });
  }
  if (endpoint.tls === undefined && codeOf(error) === "unreachable") {
    const words = await unaskedWords(endpoint.at);
    if (words?.startsWith("-") === true) return explainRefusal(readRefusal(words.slice(1)), asked(endpoint, "connect"));
  }
  if (endpoint.tls !== undefined && codeOf(error) === "timed-out" && (await answersPlainly(endpoint.at))) {
    return new OomphError("unreachable", `${server} does not speak TLS on this port. Use redis:// instead of rediss://, or its TLS port.`, {
      cause: error,
    });
  }
  return error;
}

function withProgress(error: OomphError, info: Readonly<Record<string, string>>): OomphError {
  const percent = info["loading_loaded_perc"];
  if (percent === undefined) return error;
  const left = info["loading_eta_seconds"];
  const eta = left === undefined ? "" : `, about ${left} s left`;
  return new OomphError("loading", `${error.message} So far: ${Number(percent).toFixed(0)}%${eta}.`, {
    retryable: true,
    cause: error.cause,
  });
}

function loss(error: unknown, endpoint: Endpoint, command: string): OomphError {
  // A server that turns clients away says why before it was asked anything.
  const unasked = /^Command queue state error.* Last error: (.*)/.exec(messageOf(error))?.[1];
  if (unasked !== undefined) return explainRefusal(readRefusal(unasked), asked(endpoint, command));
  return explainLoss(error, asked(endpoint, command), command === "connect" ? endpoint.connectTimeoutMs : endpoint.commandTimeoutMs);
}

function asked(endpoint: Endpoint, command: string): Asked {
  return { server: describeServer(endpoint), username: endpoint.username ?? "default", command };
}
