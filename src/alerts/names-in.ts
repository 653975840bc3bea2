import { everyMatch } from "./every-match.ts";
import { NO_NAMES, REDIS_LABELS, REPORTERS } from "./name-words.ts";

// More are noise.
const MOST_NAMES = 20;
// Names stand near the top; the rest of a long post is log.
const MOST_CHARACTERS = 20_000;

/** Words in an alert that may name its target, the likelier first: labels, then addresses, then the title's words. */
export function namesIn(text: string): readonly string[] {
  const head = text.slice(0, MOST_CHARACTERS);
  const names = [...labelled(head), ...addresses(head), ...titleWords(head)].map(trimmed);
  return [...new Set(names)].filter(mayBeName).slice(0, MOST_NAMES);
}

/** Finds the values of labels, the likelier label first: `instance="10.0.0.5:6379"`, `*Host:* cache-1`, `service: sessions`. */
export function labelSearch(labels: readonly string[]): (text: string) => readonly string[] {
  const shape = new RegExp(
    `(?:^|[^\\w-])(${labels.join("|")})["'*\`]{0,2} {0,2}[=:](?!//|:)[*"'\` ]{0,3}([^\\s"'\`*,;|(){}\\[\\]<>]{1,253})`,
    "gi",
  );
  return (text) => {
    const found = everyMatch(text, shape).map(([, label = "", value = ""]) => ({ rank: labels.indexOf(label.toLowerCase()), value }));
    return found.toSorted((left, right) => left.rank - right.rank).map(({ value }) => value);
  };
}

const labelled = labelSearch(REDIS_LABELS);

const ADDRESS =
  /(?:rediss?:\/\/(?:[^\s@/]{1,100}@)?|\bredis\/)([\w.-]{1,253}(?::\d{2,5})?)|(?<![\w.-])([a-z][\w-]{0,62}(?:\.[\w-]{1,62}){0,8}:\d{4,5}|\d{1,3}(?:\.\d{1,3}){3}(?::\d{2,5})?)(?!\w|:\w)|(?<![\w-])((?:redis|valkey)-[\w-]{1,60}|[\w-]{1,60}-(?:redis|valkey))(?![\w-])/gi;

/** `redis://cache-1:6379`, `redis/sessions`, `sessions.internal:6379`, `10.0.0.5`, `redis-sessions-0`. */
function addresses(text: string): readonly string[] {
  return everyMatch(text, ADDRESS).map(([, url, host, named]) => url ?? host ?? named ?? "");
}

/** Alertmanager's default title has the labels' values without their names: `[FIRING:1] RedisMemoryHigh (sessions prod critical)`. */
export function titleWords(text: string): readonly string[] {
  const title = text.split("\n").find((line) => /\[(?:firing|resolved)/i.test(line)) ?? "";
  const [, afterStatus = ""] = /\[(?:firing|resolved)[^\]]{0,40}\](.{0,500})/i.exec(title) ?? [];
  const [, ...values] = afterStatus.trim().split(/[\s()]+/);
  return values;
}

// `redis/billing`, `rediss://billing:6379`, `redis-billing-prod`, Redis "billing", "Redis billing is full", "redis billing-1 used_memory", "Redis billing-1: ...".
const SURELY =
  /(?:rediss?:\/\/(?:[^\s@/]{1,100}@)?|(?<![\w./-])redis\/)([\w.-]{1,253}(?::\d{2,5})?)|(?<![\w./-])((?:redis|valkey)-[a-z\d][\w-]{0,60}|[\w-]{1,60}-(?:redis|valkey))(?![\w.-]*\w)|\b(?:redis|valkey) {1,2}(?:server |instance |cluster )?(?:["'`]([\w.-]{1,100})["'`]|(?:([a-z][\w-]{1,60})(?:: (?=oom\b|used[ _]memory|memory|maxmemory|speicher|mémoire|memoria)| (?:(?:is|was|ran|runs|has) (?:\w{1,10} )?(?:full|out|at|over|reached|refusing|rejecting|evicting)|refuses|rejects|evicts)\b)|(?=\w{0,60}[-\d])([a-z][\w-]{1,60})(?:: | (?:used_memory|memory|maxmemory|ist|lehnt|nimmt|verweigert|weist|est|refuse|rejette|n'accepte|rechaza|no acepta|está|recusa|rejeita|rifiuta|non accetta|weigert|odrzuca)(?![a-z]))))/gi;
// Programs of a Redis and beside one, its parts, and its trouble.
const NO_REDIS =
  /^(?:redis|valkey)-(?:server|cli|sentinel|benchmark|check|py|rs|clients?|worker|consumer|producer|publisher|subscriber|listener|memory|mem|oom|maxmemory|evict|high|critical|is|out|(?:arbeits)?speicher\w{0,20}|instanz\w{0,5}|datenbank\w{0,5})(?![a-z])/i;
const NO_PLAIN =
  /^(?:server|instance|cluster|node|master|replica|cache|database|it|which|that|clients?|workers?|usage|maxmemory|oom|memory|err|errors?|exception|alerts?|alarm|warn|warning|crit|critical|problem|issue|failure|logs?|message|response|reply|status|info|says|said|down|connection|pool|commands?)$/i;

/** What surely is the name of a Redis, whether it is configured or not. A log line names others as well: who wrote it. */
export function redisCalled(text: string): string | undefined {
  const found = everyMatch(text.slice(0, MOST_CHARACTERS), SURELY).map(
    ([, address, named, quoted, said, beside]) => address ?? named ?? quoted ?? plainName(said ?? beside),
  );
  return found.map(trimmed).find((name) => mayBeName(name) && !NO_REDIS.test(name));
}

function plainName(word = ""): string {
  return NO_PLAIN.test(word) || /^(?:in|out|of|on|low|high|max|used|near|over|non|clients?|workers?|pool|connections?)-/i.test(word)
    ? ""
    : word;
}

function trimmed(name: string): string {
  return name.replace(/^[-.:_]+|[-.:_]+$/g, "");
}

function mayBeName(name: string): boolean {
  const lower = name.toLowerCase();
  if (lower.length < 2 || /[=*`]/.test(lower) || REPORTERS.some((reporter) => lower.includes(reporter))) return false;
  return !NO_NAMES.some((word) => word === lower) && !/^(?:true|false|\d{1,5}(?:\.\d+)?%?)$/.test(lower);
}
