import type { WorkerServer } from "../../domain/sizing.ts";

/** A process of a container, from wherever it was read. */
export type Process = {
  readonly pid: number;
  readonly parentPid: number;
  readonly rssBytes?: number | undefined;
  readonly pssBytes?: number | undefined;
  /** The whole command line. */
  readonly args: string;
};

export type Role = "master" | "worker" | "helper" | "single";
export type Classified = Process & { readonly program: string; readonly server: WorkerServer | undefined; readonly role: Role };

type Named = { readonly server: WorkerServer; readonly role: Role };

// Servers that write what a process is into its title. Order matters within a server only.
const TITLES: readonly (readonly [RegExp, Named])[] = [
  [/^nginx: master process/, { server: "nginx", role: "master" }],
  [/^nginx: worker process/, { server: "nginx", role: "worker" }],
  [/^nginx: /, { server: "nginx", role: "helper" }],
  [/^puma: cluster worker /, { server: "puma", role: "worker" }],
  [/^puma /, { server: "puma", role: "master" }],
  [/^unicorn(_rails)? master/, { server: "unicorn", role: "master" }],
  [/^unicorn(_rails)? worker\[/, { server: "unicorn", role: "worker" }],
  [/^gunicorn: master/, { server: "gunicorn", role: "master" }],
  [/^gunicorn: worker/, { server: "gunicorn", role: "worker" }],
  [/^uwsgi master$|^uWSGI master/i, { server: "uwsgi", role: "master" }],
  [/^uWSGI worker /i, { server: "uwsgi", role: "worker" }],
  [/^php-fpm[\d.]*: master process/, { server: "php-fpm", role: "master" }],
  [/^php-fpm[\d.]*: pool /, { server: "php-fpm", role: "worker" }],
  [/^sidekiqswarm/, { server: "sidekiq", role: "master" }],
  [/^sidekiq \d/, { server: "sidekiq", role: "worker" }],
  [/^\[celeryd: .*:MainProcess\]/, { server: "celery", role: "master" }],
  [/^\[celeryd: .*Worker-\d+\]/, { server: "celery", role: "worker" }],
  [
    /^postgres: (?:[^:]*: )?(checkpointer|background writer|walwriter|wal writer|autovacuum|stats collector|logical replication|archiver|startup|io worker|logger)/,
    { server: "postgres", role: "helper" },
  ],
  [/^postgres: /, { server: "postgres", role: "worker" }],
];

// Servers whose processes look alike: the one whose parent is not one of them is the master.
const ALIKE: readonly (readonly [RegExp, WorkerServer])[] = [
  [/(^|[/ ])gunicorn( |$)/, "gunicorn"],
  [/(^|[/ ])celery( |$).*\bworker\b/, "celery"],
  [/(^|[/ ])uwsgi( |$)/, "uwsgi"],
  [/(^|\/)(apache2|httpd)( |$)/, "apache"],
  [/(^|\/)postgres( |$)/, "postgres"],
  [/(^|\/)(node|nodejs|bun)( |$)/, "node"],
];

const INTERPRETERS = /^(python[\d.]*|pypy[\d.]*|ruby[\d.]*|node|nodejs|bun|deno|perl[\d.]*|php[\d.]*|java)$/;

/** Says of each process which program it is and, for servers that work in several processes, master or worker. Pure. */
export function classifyProcesses(processes: readonly Process[]): readonly Classified[] {
  const named = new Map(processes.map((process) => [process.pid, serverOf(process.args)]));
  const withChildren = new Set(
    processes.flatMap(({ pid, parentPid }) => (named.get(pid) !== undefined && named.get(pid) === named.get(parentPid) ? [parentPid] : [])),
  );
  return processes.map((process) => {
    const title = TITLES.find(([pattern]) => pattern.test(process.args))?.[1];
    if (title !== undefined) return { ...process, program: title.server, ...title };
    const program = programOf(process.args);
    const server = named.get(process.pid);
    if (server === undefined) return { ...process, program, server: undefined, role: "single" };
    const isWorker = named.get(process.parentPid) === server;
    if (!isWorker && !withChildren.has(process.pid)) return { ...process, program, server: undefined, role: "single" };
    return { ...process, program, server, role: isWorker ? "worker" : "master" };
  });
}

/** `/usr/bin/python3 -u /app/leak.py --fast` → `python3 leak.py`; `/usr/sbin/nginx -g x` → `nginx`. */
export function programOf(args: string): string {
  const title = /^([\w.-]+): /.exec(args)?.[1];
  if (title !== undefined) return title;
  const [first = "", ...rest] = args.trim().split(/\s+/);
  const program = baseName(first) || "?";
  if (!INTERPRETERS.test(program)) return program.slice(0, 60);
  const script = scriptIn(rest);
  return script === undefined ? program : `${program} ${baseName(script)}`.slice(0, 60);
}

/** The file or module that an interpreter runs. Undefined where the program stands in the command line itself. */
function scriptIn(words: readonly string[]): string | undefined {
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    if (/^(-c|-e|-p|--eval|--print|--)$/.test(word)) return undefined;
    if (word === "-m" || word === "-jar") return words[at + 1];
    if (/^(-r|-cp|-classpath|--require|--import)$/.test(word)) at += 1;
    else if (!word.startsWith("-")) return word;
  }
  return undefined;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function serverOf(args: string): WorkerServer | undefined {
  const title = TITLES.find(([pattern]) => pattern.test(args))?.[1].server;
  return title ?? ALIKE.find(([pattern]) => pattern.test(args))?.[1];
}
