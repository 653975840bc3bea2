import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * A daemon that says what it is told to: for a thousand containers, clocks that jump and figures that are missing, none of
 * which a real one can be asked for. Its answers are those of a real one with other figures in them.
 */
export type LabDaemon = {
  /** `unix:///...` */
  readonly url: string;
  readonly path: string;
  /** Changed or added by name. Stays until it is changed or removed. */
  put(name: string, container?: Partial<LabContainer>): LabContainer;
  remove(name: string): void;
  /** Something happens to a container, now by the daemon's clock or at another time. */
  happens(name: string, action: string, more?: { readonly exitCode?: number; readonly atMs?: number; readonly heard?: boolean }): string;
  /** Ahead of this machine's clock. */
  aheadMs: number;
  /** Requests by their path that wait for an answer that does not come. */
  hangs(path: string): boolean;
  /** How long it takes to answer; default: 0. */
  answerAfterMs: number;
  /** Figures are told once a second, to all who wait for them then, as Docker 20.10 does it; default: false. */
  isTicking: boolean;
  /** As `docker info` says it; false: its kernel counts no memory per container. Default: true. */
  countsMemory: boolean;
  /** All connections break. */
  drop(): void;
  /** Streams of events that are open now. */
  listeners(): number;
  readonly calls: { count: number; mostAtOnce: number };
  close(): Promise<void>;
};

export type LabContainer = {
  readonly id: string;
  readonly name: string;
  usageBytes: number;
  /** 0: none. */
  limitBytes: number;
  isRunning: boolean;
  isOomKilled: boolean;
  startedAtMs: number;
  /** No figures of memory, as on hosts that count none. */
  isWithoutFigures: boolean;
};

type Answer = Record<string, unknown> & Record<"State" | "HostConfig" | "memory_stats" | "cpu_stats", Record<string, unknown>>;

const REMEMBERED = 256;
const MIB = 2 ** 20;
const [inspect, stats, info] = ["inspect", "stats", "info"].map(
  (name) => JSON.parse(readFileSync(join(import.meta.dirname, `${name}.json`), "utf8")) as Answer,
) as [Answer, Answer, Answer];

export async function startDaemon(): Promise<LabDaemon> {
  const folder = mkdtempSync(join(tmpdir(), "oomph-daemon-"));
  const path = join(folder, "docker.sock");
  const containers = new Map<string, LabContainer>();
  const sockets = new Set<Socket>();
  const listeners = new Set<ServerResponse>();
  const events: { readonly atNs: bigint; readonly line: string }[] = [];
  const calls = { count: 0, mostAtOnce: 0 };
  let atOnce = 0;
  let sequence = 0n;

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://docker");
    const isStream = url.pathname === "/events" && !url.searchParams.has("until");
    calls.count += 1;
    if (!isStream) {
      atOnce += 1;
      calls.mostAtOnce = Math.max(calls.mostAtOnce, atOnce);
      response.once("close", () => (atOnce -= 1));
    }
    if (daemon.hangs(url.pathname)) return;
    if (url.pathname === "/events") return tellEvents(url, response);
    const isTicking = daemon.isTicking && url.pathname.endsWith("/stats");
    const waitMs = isTicking ? 1000 - (Date.now() % 1000) : daemon.answerAfterMs;
    if (waitMs > 0) setTimeout(answer, waitMs, url.pathname, response);
    else answer(url.pathname, response);
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => sockets.delete(socket));
  });

  function answer(where: string, response: ServerResponse): void {
    const body = answerTo(where);
    response.writeHead(body === undefined ? 404 : 200, { "Content-Type": "application/json" });
    response.end(JSON.stringify(body ?? { message: `No such container: ${where.split("/")[2]}` }));
  }

  function answerTo(where: string): unknown {
    if (where === "/info") return { ...info, MemoryLimit: daemon.countsMemory, SystemTime: new Date(nowMs()).toISOString() };
    if (where === "/containers/json") return [...containers.values()].map(listed);
    const [, , id = "", what] = where.split("/");
    const container = [...containers.values()].find((one) => one.id === id || one.name === id);
    if (container === undefined) return undefined;
    return what === "json" ? inspected(container) : figures(container, nowMs());
  }

  function tellEvents(url: URL, response: ServerResponse): void {
    const [since, until] = ["since", "until"].map((name) => nanoseconds(url.searchParams.get(name)));
    response.writeHead(200, { "Content-Type": "application/json" });
    response.flushHeaders();
    for (const { atNs, line } of events) if (atNs >= (since ?? 0n) && (until === undefined || atNs <= until)) response.write(line);
    if (until !== undefined) return void response.end();
    listeners.add(response);
    response.once("close", () => listeners.delete(response));
  }

  const nowMs = (): number => Date.now() + daemon.aheadMs;
  const daemon: LabDaemon = {
    url: `unix://${path}`,
    path,
    put(name, change = {}) {
      const id =
        change.id ??
        createHash("sha256")
          .update(`${name} ${change.startedAtMs ?? ""}`)
          .digest("hex");
      const bare = { id, name, usageBytes: 100 * MIB, limitBytes: 512 * MIB, startedAtMs: nowMs() - 3_600_000 };
      const before = containers.get(name) ?? { ...bare, isRunning: true, isOomKilled: false, isWithoutFigures: false };
      const container = { ...before, ...change };
      containers.set(name, container);
      return container;
    },
    remove: (name) => void containers.delete(name),
    happens(name, action, { exitCode, atMs = nowMs(), heard = true } = {}) {
      sequence = (sequence + 1n) % 1_000_000n;
      const atNs = BigInt(Math.floor(atMs)) * 1_000_000n + sequence;
      const line = eventLine({ name, id: containers.get(name)?.id ?? name, action, atNs, ...(exitCode === undefined ? {} : { exitCode }) });
      events.push({ atNs, line });
      events.splice(0, events.length - REMEMBERED);
      if (heard) for (const listener of listeners) listener.write(line);
      return atNs.toString();
    },
    aheadMs: 0,
    hangs: () => false,
    answerAfterMs: 0,
    isTicking: false,
    countsMemory: true,
    drop: () => sockets.forEach((socket) => socket.destroy()),
    listeners: () => listeners.size,
    calls,
    async close() {
      daemon.drop();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return daemon;
}

function listed({ id, name, isRunning, startedAtMs }: LabContainer): object {
  const state = isRunning ? "running" : "exited";
  return {
    Id: id,
    Names: [`/${name}`],
    Image: "web:1.4",
    State: state,
    Created: Math.floor(startedAtMs / 1000),
    Labels: { service: "web" },
  };
}

function inspected({ id, name, isRunning, isOomKilled, startedAtMs, limitBytes }: LabContainer): object {
  const StartedAt = new Date(startedAtMs).toISOString();
  const State = { ...inspect.State, Status: isRunning ? "running" : "exited", Running: isRunning, OOMKilled: isOomKilled, StartedAt };
  return { ...inspect, Id: id, Name: `/${name}`, State, HostConfig: { ...inspect.HostConfig, Memory: limitBytes, MemorySwap: limitBytes } };
}

/** Of a container that does not run a daemon gives zeros. */
function figures({ id, name, isRunning, usageBytes, limitBytes, isWithoutFigures }: LabContainer, nowMs: number): object {
  if (!isRunning) return { ...stats, id, name: `/${name}`, read: "0001-01-01T00:00:00Z", pids_stats: {}, memory_stats: {} };
  const limit = limitBytes === 0 ? info["MemTotal"] : limitBytes;
  const memory = isWithoutFigures ? {} : { ...stats.memory_stats, usage: usageBytes, limit };
  return { ...stats, id, name: `/${name}`, read: new Date(nowMs).toISOString(), memory_stats: memory };
}

type Happening = { readonly name: string; readonly id: string; readonly action: string; readonly atNs: bigint; readonly exitCode?: number };

function eventLine({ name, id, action, atNs, exitCode }: Happening): string {
  const attributes = { image: "web:1.4", name, ...(exitCode === undefined ? {} : { exitCode: String(exitCode) }) };
  const line = JSON.stringify({
    status: action,
    id,
    from: "web:1.4",
    Type: "container",
    Action: action,
    Actor: { ID: id, Attributes: attributes },
    scope: "local",
    time: Number(atNs / 1_000_000_000n),
  });
  return `${line.slice(0, -1)},"timeNano":${atNs}}\n`; // as a number it would lose its last digits
}

/** `1763780000.123456789` */
function nanoseconds(seconds: string | null): bigint | undefined {
  if (seconds === null) return undefined;
  const [whole = "0", fraction = ""] = seconds.split(".");
  return BigInt(whole) * 1_000_000_000n + BigInt(fraction.padEnd(9, "0"));
}
