import type { PatternHits } from "./schema.ts";

export type LogPattern = {
  readonly name: string;
  readonly kind: Exclude<PatternHits["kind"], "user">;
  readonly of?: string;
  readonly pattern: RegExp;
};

/** A pattern added in the configuration. */
export type UserPattern = { readonly name: string; readonly pattern: string };

// A line without any of these words matches no pattern below: most lines are passed by with one look.
export const TELLTALE =
  /memory|heap|signal|kill|alloc|oom|timeout|broker|eheap|SIGKILL|No space left|WorkerLost|Resource temporarily|new thread|native thread|new OS thread|fork rejected|Cannot fork|SSE connection|output line/i;

// None of these goes back over what it has read: each repetition is bounded.
export const LOG_PATTERNS: readonly LogPattern[] = [
  // Kong: workers tell each other what changed over an event bus, and cannot when there are too many.
  {
    name: "worker event bus timeout",
    kind: "event-bus",
    of: "kong",
    pattern:
      /flush_data\(\): error occurred|receive_message: failed to get type: timeout|failed to (?:receive|get|send) (?:the )?(?:event|frame|message).{0,80}(?:timeout|broker)|worker_events?.{0,80}timeout/i,
  },
  { name: "worker exited on signal 9", kind: "worker-killed", of: "nginx", pattern: /worker process \d+ exited on signal 9/ },
  { name: "child exited on signal 9", kind: "worker-killed", of: "php-fpm", pattern: /child \d+ exited on signal 9/ },
  { name: "child exit signal Killed", kind: "worker-killed", of: "apache", pattern: /child pid \d+ exit signal Killed/ },
  {
    name: "worker was sent SIGKILL",
    kind: "worker-killed",
    of: "gunicorn",
    pattern: /Worker \(pid:\s?\d+\) was sent (?:SIGKILL|code 137)/,
  },
  { name: "worker died by signal 9", kind: "worker-killed", of: "uwsgi", pattern: /worker \d+ \(pid: \d+\) died, killed by signal 9/ },
  { name: "worker reaped after SIGKILL", kind: "worker-killed", of: "unicorn", pattern: /reaped #<Process::Status: pid \d+ SIGKILL/ },
  {
    name: "worker lost to SIGKILL",
    kind: "worker-killed",
    of: "celery",
    pattern: /WorkerLostError.{0,80}(?:signal 9|SIGKILL)|ForkPoolWorker.{0,80}exited with '?signal 9/,
  },
  { name: "backend terminated by signal 9", kind: "worker-killed", of: "postgres", pattern: /was terminated by signal 9/ },
  { name: "process ended by SIGKILL", kind: "worker-killed", pattern: /\b(?:worker|child|process|job|pid)\b.{0,60}\bSIGKILL\b/i },
  {
    name: "process killed",
    kind: "worker-killed",
    pattern: /^(?:\S{0,200}: (?:line \d+: )? *\d+ )?Killed\b(?! by)|exited with (?:code|status) 137\b|signal: killed\b/,
  },
  // Refused by a limit on processes and threads (pids controller, ulimit -u): it reads as want of memory, and is none.
  {
    name: "process or thread refused",
    kind: "process-limit",
    pattern:
      /(?:fork|clone|spawn|[Tt]hread|pthread_create)\b.{0,120}[Rr]esource temporarily unavailable|can'?t start new thread|unable to create (?:new )?native thread|failed to create new OS thread|fork rejected by pids controller|Cannot fork\b/,
  },
  {
    name: "Java heap exhausted",
    kind: "heap",
    of: "jvm",
    pattern: /java\.lang\.OutOfMemoryError|Terminating due to java\.lang\.OutOfMemoryError/,
  },
  {
    name: "native memory for the Java runtime",
    kind: "allocation",
    of: "jvm",
    pattern: /insufficient memory for the Java Runtime|os::commit_memory.{0,120}failed/,
  },
  {
    name: "JavaScript heap exhausted",
    kind: "heap",
    of: "node",
    pattern: /JavaScript heap out of memory|Reached heap limit|Ineffective mark-compacts near heap limit/,
  },
  {
    name: "Python MemoryError",
    kind: "heap",
    of: "python",
    pattern: /(?:^|[\s.])MemoryError(?:$|:|\s)|Unable to allocate [\d.]+ [KMGT]iB/,
  },
  {
    name: "Go out of memory",
    kind: "heap",
    of: "go",
    pattern: /fatal error: (?:runtime: )?(?:out of memory|cannot allocate memory)|runtime: out of memory/,
  },
  { name: "PHP memory_limit exhausted", kind: "heap", of: "php", pattern: /Allowed memory size of \d+ bytes exhausted/ },
  { name: "Ruby failed to allocate", kind: "heap", of: "ruby", pattern: /NoMemoryError|\[FATAL\] failed to allocate memory/ },
  { name: ".NET OutOfMemoryException", kind: "heap", of: "dotnet", pattern: /System\.OutOfMemoryException/ },
  { name: "Rust allocation failed", kind: "allocation", of: "rust", pattern: /memory allocation of \d+ bytes failed/ },
  { name: "C++ bad_alloc", kind: "allocation", pattern: /std::bad_alloc/ },
  { name: "Erlang allocation failed", kind: "allocation", of: "erlang", pattern: /eheap_alloc: Cannot (?:re)?allocate/ },
  {
    name: "Redis cannot fork to save",
    kind: "allocation",
    of: "redis",
    pattern: /Can't (?:save|rewrite append only file) in background: fork: Cannot allocate memory/i,
  },
  {
    name: "cannot allocate memory",
    kind: "allocation",
    pattern: /[Cc]annot allocate memory|ENOMEM|malloc\(?\)? failed/,
  },
  { name: "Redis refuses writes", kind: "oom-text", of: "redis", pattern: /OOM command not allowed/ },
  {
    name: "PostgreSQL out of memory",
    kind: "oom-text",
    of: "postgres",
    pattern: /ERROR: {1,2}out of memory|FATAL: {1,2}out of memory|out of shared memory/,
  },
  {
    name: "shared memory full",
    kind: "shm",
    pattern: /No space left on device.{0,120}\/dev\/shm|\/dev\/shm.{0,120}No space left|could not resize shared memory segment/,
  },
  { name: "kernel OOM text", kind: "oom-text", pattern: /Memory cgroup out of memory|invoked oom-killer|oom-kill:constraint|OOMKilled/ },
  { name: "out of memory", kind: "oom-text", pattern: /\bout of memory\b/i },
  // No errors, but telling where there are many: streams that are opened, and output that is handed on line by line.
  { name: "SSE connection", kind: "connections", pattern: /\bSSE connection/i },
  { name: "output line", kind: "output", pattern: /\boutput line\b/i },
];
