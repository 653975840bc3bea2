import { parseBytes } from "../../domain/bytes.ts";
import { maskSecrets, maskVariable } from "../../domain/mask-secrets.ts";
import type { Environment, Setting } from "../parts/schema.ts";

type Known = { readonly of: string; readonly kind: Setting["kind"] };

const MEBIBYTE = 2 ** 20;
const MAX_VALUE = 300;
const MAX_NAMES = 300;

// Variables whose whole value is the setting.
const VARIABLES: Readonly<Record<string, Known>> = {
  KONG_NGINX_WORKER_PROCESSES: { of: "kong", kind: "workers" },
  KONG_NGINX_MAIN_WORKER_PROCESSES: { of: "kong", kind: "workers" },
  KONG_MEM_CACHE_SIZE: { of: "kong", kind: "cache" },
  KONG_WORKER_CONSISTENCY: { of: "kong", kind: "recycle" },
  KONG_WORKER_STATE_UPDATE_FREQUENCY: { of: "kong", kind: "recycle" },
  NGINX_WORKER_PROCESSES: { of: "nginx", kind: "workers" },
  NGINX_ENTRYPOINT_WORKER_PROCESSES_AUTOTUNE: { of: "nginx", kind: "workers" },
  WEB_CONCURRENCY: { of: "web server", kind: "workers" },
  PUMA_WORKERS: { of: "puma", kind: "workers" },
  PUMA_MAX_THREADS: { of: "puma", kind: "threads" },
  RAILS_MAX_THREADS: { of: "puma", kind: "threads" },
  UNICORN_WORKERS: { of: "unicorn", kind: "workers" },
  UNICORN_WORKER_PROCESSES: { of: "unicorn", kind: "workers" },
  GUNICORN_WORKERS: { of: "gunicorn", kind: "workers" },
  WEB_WORKERS: { of: "web server", kind: "workers" },
  UWSGI_PROCESSES: { of: "uwsgi", kind: "workers" },
  UWSGI_WORKERS: { of: "uwsgi", kind: "workers" },
  UWSGI_CHEAPER: { of: "uwsgi", kind: "workers" },
  UVICORN_WORKERS: { of: "uvicorn", kind: "workers" },
  SIDEKIQ_CONCURRENCY: { of: "sidekiq", kind: "threads" },
  SIDEKIQ_COUNT: { of: "sidekiq", kind: "workers" },
  CELERYD_CONCURRENCY: { of: "celery", kind: "workers" },
  CELERY_WORKER_CONCURRENCY: { of: "celery", kind: "workers" },
  CELERYD_MAX_TASKS_PER_CHILD: { of: "celery", kind: "recycle" },
  CELERYD_MAX_MEMORY_PER_CHILD: { of: "celery", kind: "recycle" },
  PHP_FPM_PM_MAX_CHILDREN: { of: "php-fpm", kind: "workers" },
  PM_MAX_CHILDREN: { of: "php-fpm", kind: "workers" },
  PHP_MEMORY_LIMIT: { of: "php", kind: "heap" },
  POSTGRES_MAX_CONNECTIONS: { of: "postgres", kind: "workers" },
  POSTGRES_SHARED_BUFFERS: { of: "postgres", kind: "cache" },
  GOMEMLIMIT: { of: "go", kind: "heap" },
  GOGC: { of: "go", kind: "recycle" },
  GOMAXPROCS: { of: "go", kind: "threads" },
  DOTNET_GCHeapHardLimit: { of: "dotnet", kind: "heap" },
  DOTNET_GCHeapHardLimitPercent: { of: "dotnet", kind: "heap" },
  MALLOC_ARENA_MAX: { of: "glibc", kind: "recycle" },
  UV_THREADPOOL_SIZE: { of: "node", kind: "threads" },
  PM2_INSTANCES: { of: "node", kind: "workers" },
  WORKERS: { of: "server", kind: "workers" },
  WORKER_PROCESSES: { of: "server", kind: "workers" },
};

// Variables and command lines that hold options among others.
const OPTION_HOLDERS =
  /^(JAVA_OPTS|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|JDK_JAVA_OPTIONS|CATALINA_OPTS|ES_JAVA_OPTS|KAFKA_HEAP_OPTS|JVM_OPTS|NODE_OPTIONS|GUNICORN_CMD_ARGS|RUBYOPT|PHP_INI.*|UWSGI_.*)$/;

const OPTIONS: readonly (readonly [RegExp, string, Known])[] = [
  [/(?:^|\s)-Xmx(\d+[kmgt]?)\b/i, "-Xmx", { of: "jvm", kind: "heap" }],
  [/-XX:MaxRAMPercentage=([\d.]+)/, "-XX:MaxRAMPercentage", { of: "jvm", kind: "heap" }],
  [/-XX:MaxMetaspaceSize=(\d+[kmg]?)/i, "-XX:MaxMetaspaceSize", { of: "jvm", kind: "heap" }],
  [/--max[-_]old[-_]space[-_]size[= ](\d+)/, "--max-old-space-size", { of: "node", kind: "heap" }],
  [/\bgunicorn\b.*?\s(?:--workers|-w)[= ]?(\d+)/, "gunicorn --workers", { of: "gunicorn", kind: "workers" }],
  [/(?:^|\s)--workers[= ](\d+)/, "--workers", { of: "server", kind: "workers" }],
  [/\bcelery\b.*?\s(?:--concurrency|-c)[= ]?(\d+)/, "celery --concurrency", { of: "celery", kind: "workers" }],
  [/\bpuma\b.*?\s(?:--workers|-w)[= ]?(\d+)/, "puma --workers", { of: "puma", kind: "workers" }],
  [/\bpm2(?:-runtime)?\b.*?\s(?:--instances|-i)[= ]?(\d+|max)/, "pm2 --instances", { of: "node", kind: "workers" }],
  [/\buwsgi\b.*?\s(?:--processes|--workers|-p)[= ]?(\d+)/, "uwsgi --processes", { of: "uwsgi", kind: "workers" }],
  [/worker_processes\s+(\d+|auto)/, "worker_processes", { of: "nginx", kind: "workers" }],
  [/\bpm\.max_children\s*=\s*(\d+)/, "pm.max_children", { of: "php-fpm", kind: "workers" }],
  [/\bmemory_limit\s*=\s*(\d+[kmg]?|-1)/i, "memory_limit", { of: "php", kind: "heap" }],
];

const AUTO = /^(auto|max|true|-1|0)$/i;

/** Finds the settings of workers, caches and heaps in a container's variables and command line. Values are masked. Pure. */
export function recogniseSettings(variables: readonly string[], commandLine: string): Environment {
  const named = variables.map(splitVariable);
  const settings = named.flatMap(([name, value]) => settingsOf(name, value));
  const known = new Set(named.filter(([name]) => isRecognised(name)).map(([name]) => name));
  return {
    settings: [...settings, ...optionsIn(commandLine, "command")],
    otherNames: named.flatMap(([name]) => (known.has(name) ? [] : [name.slice(0, 100)])).slice(0, MAX_NAMES),
  };
}

/** The same for the lines of configuration files that are read inside. */
export function settingsInFile(path: string, lines: readonly string[]): readonly Setting[] {
  return lines
    .map((line) => line.trim())
    .filter((line) => /^(worker_processes|pm\.max_children|memory_limit)\b/.test(line))
    .flatMap((line) => optionsIn(line, "file"))
    .map((setting) => ({ ...setting, name: `${setting.name} in ${path}` }));
}

/** `NAME=value`; what has no `=` is unset. */
export function splitVariable(variable: string): readonly [name: string, value: string] {
  const at = variable.indexOf("=");
  return at === -1 ? [variable, ""] : [variable.slice(0, at), variable.slice(at + 1)];
}

function settingsOf(name: string, value: string): readonly Setting[] {
  const known = Object.hasOwn(VARIABLES, name) ? VARIABLES[name] : undefined;
  if (known !== undefined)
    return [{ ...known, name, value: shown(maskVariable(name, value)), from: "environment", ...amountOf(known, value) }];
  if (!OPTION_HOLDERS.test(name)) return [];
  // GUNICORN_CMD_ARGS holds what would stand behind the command's name.
  const text = name === "GUNICORN_CMD_ARGS" ? `gunicorn ${value}` : value;
  return optionsIn(text, "environment").map((setting) => ({ ...setting, name: `${name} ${setting.name}` }));
}

function isRecognised(name: string): boolean {
  return Object.hasOwn(VARIABLES, name) || OPTION_HOLDERS.test(name);
}

function optionsIn(text: string, from: Setting["from"]): readonly Setting[] {
  const found = OPTIONS.flatMap(([pattern, name, known]): readonly Setting[] => {
    const value = pattern.exec(text)?.[1];
    if (value === undefined) return [];
    return [{ ...known, name, value: shown(maskSecrets(value)), from, ...optionAmount(name, known, value) }];
  });
  // "gunicorn --workers 4" is the same setting as "--workers 4".
  return found.filter(({ name }) => name !== "--workers" || !found.some((other) => other.name.endsWith(" --workers")));
}

function optionAmount(name: string, known: Known, value: string): Pick<Setting, "auto" | "amount"> {
  if (name === "--max-old-space-size") return { auto: false, amount: Number(value) * MEBIBYTE };
  if (name === "-XX:MaxRAMPercentage") return { auto: false };
  return amountOf(known, value);
}

function amountOf({ kind }: Known, value: string): Pick<Setting, "auto" | "amount"> {
  if (kind === "workers" || kind === "threads") {
    if (AUTO.test(value)) return { auto: true };
    return /^\d{1,6}$/.test(value) ? { auto: false, amount: Number(value) } : { auto: false };
  }
  const bytes = kind === "recycle" ? undefined : parseBytes(value);
  return bytes === undefined ? { auto: false } : { auto: false, amount: bytes };
}

function shown(value: string): string {
  return value.length <= MAX_VALUE ? value : `${value.slice(0, MAX_VALUE - 1)}…`;
}
