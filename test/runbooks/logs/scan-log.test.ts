import { describe, expect, test } from "vitest";
import { matchWithinTime } from "../../../src/runbooks/logs/match-within-time.ts";
import { scanLog } from "../../../src/runbooks/logs/scan-log.ts";

function tail(texts: readonly string[], truncated = false) {
  return { lines: texts.map((text, at) => ({ atMs: 1_000 + at, stream: "stderr" as const, text })), truncated };
}

test.each([
  [
    "[error] init.lua:63: flush_data(): error occurred during counters data flush: receive_message: failed to get type: timeout",
    "worker event bus timeout",
  ],
  ["2025/10/28 13:03:00 [alert] 1#0: worker process 507368 exited on signal 9", "worker exited on signal 9"],
  [
    "[28-Oct-2025 13:03:00] WARNING: [pool www] child 27 exited on signal 9 (SIGKILL) after 3.2 seconds from start",
    "child exited on signal 9",
  ],
  ["[core:notice] [pid 1] AH00052: child pid 99 exit signal Killed (9)", "child exit signal Killed"],
  ["[ERROR] Worker (pid:33) was sent SIGKILL! Perhaps out of memory?", "worker was sent SIGKILL"],
  ["DAMN ! worker 2 (pid: 77) died, killed by signal 9 :( trying respawn ...", "worker died by signal 9"],
  ["E, [x] reaped #<Process::Status: pid 7 SIGKILL (signal 9)> worker=0", "worker reaped after SIGKILL"],
  ["billiard.exceptions.WorkerLostError: Worker exited prematurely: signal 9 (SIGKILL) Job: 3.", "worker lost to SIGKILL"],
  ["LOG:  server process (PID 88) was terminated by signal 9: Killed", "backend terminated by signal 9"],
  ["worker 12 died (SIGKILL)", "process ended by SIGKILL"],
  ["child 33 ended by SIGKILL", "process ended by SIGKILL"],
  ["Killed", "process killed"],
  ["/entry.sh: line 3:    12 Killed                  python3 job.py", "process killed"],
  ['Exception in thread "main" java.lang.OutOfMemoryError: Java heap space', "Java heap exhausted"],
  ["FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory", "JavaScript heap exhausted"],
  ["MemoryError", "Python MemoryError"],
  ["numpy.core._exceptions.MemoryError: Unable to allocate 7.45 GiB for an array", "Python MemoryError"],
  ["fatal error: runtime: out of memory", "Go out of memory"],
  ["PHP Fatal error:  Allowed memory size of 134217728 bytes exhausted (tried to allocate 20480 bytes)", "PHP memory_limit exhausted"],
  ["[FATAL] failed to allocate memory", "Ruby failed to allocate"],
  ["Unhandled exception. System.OutOfMemoryException: Array dimensions exceeded", ".NET OutOfMemoryException"],
  ["memory allocation of 34359738368 bytes failed", "Rust allocation failed"],
  ["terminate called after throwing an instance of 'std::bad_alloc'", "C++ bad_alloc"],
  ["sh: can't fork: Cannot allocate memory", "cannot allocate memory"],
  ["sh: 1: Cannot fork", "process or thread refused"],
  ["-bash: fork: retry: Resource temporarily unavailable", "process or thread refused"],
  ["RuntimeError: can't start new thread", "process or thread refused"],
  ["java.lang.OutOfMemoryError: unable to create native thread: possibly out of memory", "process or thread refused"],
  ["runtime: failed to create new OS thread (have 12 already; errno=11)", "process or thread refused"],
  ["fork/exec /usr/bin/git: resource temporarily unavailable", "process or thread refused"],
  ["[emerg] fork() failed while spawning worker (11: Resource temporarily unavailable)", "process or thread refused"],
  ["cgroup: fork rejected by pids controller in /docker/web", "process or thread refused"],
  ["OOM command not allowed when used memory > 'maxmemory'.", "Redis refuses writes"],
  ["ERROR:  out of memory", "PostgreSQL out of memory"],
  ['could not resize shared memory segment "/PostgreSQL.1" to 8 bytes: No space left on device', "shared memory full"],
  ["the worker ran out of memory", "out of memory"],
])("%s", (line, name) => {
  expect(scanLog(tail([line])).patterns.map((each) => each.name)).toEqual([name]);
});

test.each([
  "GET /memory 200",
  "connect() to unix:/run/php.sock failed (11: Resource temporarily unavailable) while connecting to upstream",
  "started a new thread for the mailer",
  "listening on 8080",
  "Killed by the player",
  "request timeout after 30 s",
  "killed 3 idle connections",
  "worker process 7 exited with code 0",
  "heap used: 30 MB",
  "allocated port 3000",
])("nothing in: %s", (line) => {
  expect(scanLog(tail([line])).patterns).toEqual([]);
});

test("count, first, last and a masked sample of each", () => {
  const logs = scanLog(
    tail([
      "ok",
      "worker process 1 exited on signal 9",
      "java.lang.OutOfMemoryError at postgres://a:made-up@b",
      "worker process 2 exited on signal 9\u0007",
    ]),
  );
  expect(logs).toMatchObject({ lines: 4, truncated: false, fromMs: 1_000, toMs: 1_003, givenUp: [] });
  expect(logs.patterns).toEqual([
    {
      name: "worker exited on signal 9",
      kind: "worker-killed",
      of: "nginx",
      count: 2,
      firstAtMs: 1_001,
      lastAtMs: 1_003,
      sample: "worker process 2 exited on signal 9",
    },
    {
      name: "Java heap exhausted",
      kind: "heap",
      of: "jvm",
      count: 1,
      firstAtMs: 1_002,
      lastAtMs: 1_002,
      sample: "java.lang.OutOfMemoryError at postgres://***@b",
    },
  ]);
});

test("an empty log", () => {
  expect(scanLog(tail([]))).toEqual({ lines: 0, truncated: false, patterns: [], givenUp: [] });
});

describe("patterns of one's own", () => {
  test("are counted under their names", () => {
    const logs = scanLog(tail(["queue is full", "fine", "queue is full"]), [{ name: "full queue", pattern: "queue is (full|stuck)" }]);
    expect(logs.patterns).toMatchObject([{ name: "full queue", kind: "user", count: 2, firstAtMs: 1_000, lastAtMs: 1_002 }]);
  });

  test("one that runs away is given up, and the others are not harmed", () => {
    const lines = tail([`${"a".repeat(1_500)}!`, "queue is full"]);
    const logs = scanLog(lines, [
      { name: "run away", pattern: "(a|aa)+$" },
      { name: "full queue", pattern: "queue is full" },
    ]);
    expect(logs.givenUp).toEqual(["run away"]);
    expect(logs.patterns.map(({ name }) => name)).toEqual(["full queue"]);
  });

  test("see nothing of the process", () => {
    expect(matchWithinTime('x"); process.exit(1); ("', ["x"])).toEqual({ kind: "given-up" });
    expect(matchWithinTime("`;globalThis", ["`;globalThis"])).toEqual({ kind: "matched", lines: [0] });
  });
});

test("20,000 lines made to be slow are scanned to the end", () => {
  const nasty = ["worker ".repeat(280), "Killed".repeat(300), `could not ${"failed to get ".repeat(140)}`, "flush memory ".repeat(150)];
  const logs = scanLog(tail(Array.from({ length: 20_000 }, (_each, at) => nasty[at % nasty.length] ?? "")));
  expect(logs.lines).toBe(20_000);
});
