import type { WorkloadResource } from "../domain/target.ts";
import { given } from "../domain/given.ts";
import { everyMatch } from "./every-match.ts";
import { NO_CONTAINERS } from "./name-words.ts";
import { KINDS } from "./place-words.ts";
import type { Places } from "./places-by-label.ts";
import { isKubernetesName, podShape } from "./pod-shape.ts";

// Names stand near the top; the rest of a long post is log.
const MOST_CHARACTERS = 20_000;
const MOST_HOSTS = 3;

const QUOTE = "[\"'`*_]{0,3}";
const NAME = "[a-z0-9][a-z0-9.-]{0,252}";
// `pod shop/web-6f9-x2`, "Pod `web-1`", "pod/shop/web-1", `pod: web-1`.
const POD = new RegExp(`\\bpods?(?: name)?(/|[:=]? {0,2})(${QUOTE})(?:(${NAME})/)?(${NAME})(?: \\((${NAME})\\))?`, "gi");
// `shop/web-6f9c8d-x2x4b` alone; not a piece of a path or an address.
const PLACED = new RegExp(`(?<![\\w/.:-])(${NAME})/(${NAME})(?![\\w/])`, "gi");
// There a `media/transcode-0` is a pod of a StatefulSet; elsewhere it may be an image, a path, or a pull request's branch.
const OF_KUBERNETES = /\bpods?\b|\bkube|oomkilled|crashloop|\brestart|statefulset/i;
// So it is directly behind the name of a rule: `HighMemoryUsage media/transcode-0`.
const BEHIND_RULE = new RegExp(`\\b(?:[A-Z][A-Za-z]{0,60})?(?:Memory|OOM)[A-Za-z]{0,60} (${NAME})/(${NAME})(?![\\w/])`, "g");
// A StatefulSet's, or one with the hashes of a ReplicaSet, as people shorten or make them up.
const LIKE_A_POD = /^[a-z][a-z0-9-]{0,240}-(?:\d{1,3}|(?=[a-z]{0,9}\d)[a-z0-9]{4,10}-[a-z0-9]{5})$/;
const NAMESPACE = new RegExp(`\\b(?:namespace|ns)[:=]? {0,2}${QUOTE}(${NAME})`, "gi");
const BEFORE_NAMESPACE = new RegExp(`\\b(?:in|the|of) ${QUOTE}(${NAME})${QUOTE} namespace\\b`, "gi");
const CONTAINER = new RegExp(`\\b(?:container|contenedor|conteneur|contêiner|contenitore)(?: name)?[:=]? {0,2}(${QUOTE})(${NAME})`, "gi");
// `statefulset/shop/db`, "deployment `cart` in `shop`"
const OWNER = new RegExp(
  `\\b(deployment|deploy|statefulset|sts|daemonset|ds|cronjob|job)(?![a-z])[*_]{0,2}(/|[:=]? {0,2})(${QUOTE})(?:(${NAME})/)?(${NAME})(?:["'\`*]{0,3} in ["'\`*](${NAME})["'\`*])?`,
  "gi",
);
const HOST = new RegExp(
  `(?<![\\p{L}\\p{N}_])(?:node|host(?:name)?|server|machine|instance|vm|rechner|serveur|hôte|servidor|serwer\\p{L}{0,3}|серв[её]р\\p{L}{0,3}|хост\\p{L}{0,3}|ホスト|サーバー?|主机|服务器|호스트|서버)(?!_)(/|[:=：]? {0,2})(${QUOTE})([a-z0-9][\\w.-]{0,252}(?::\\d{2,5})?)`,
  "giu",
);
const WORD = new RegExp(`(?<![\\w/.:-])[a-z][a-z0-9.-]{5,252}(?![\\w/:])`, "g");

/** What sentences say: `pod shop/web-6f9-x2`, "Pod web-1 in namespace shop", "on node worker-2". */
export function placesInText(text: string): Places {
  const head = text.slice(0, MOST_CHARACTERS);
  const [pod] = podsIn(head);
  const owner = ownerIn(head);
  return {
    ...given({
      pod: pod?.name,
      namespace: pod?.namespace ?? owner?.namespace ?? namespaceIn(head),
      container: pod?.container ?? containerIn(head),
      owner: owner === undefined ? undefined : { resource: owner.resource, name: owner.name },
    }),
    hosts: hostsIn(head),
    others: [],
  };
}

/** Machines that are called so, unlike instances, which can be anything that is scraped. */
export function machinesSaid(text: string): readonly string[] {
  return hostsIn(text.slice(0, MOST_CHARACTERS).replaceAll(/\binstance\b/gi, " "));
}

type Found = { readonly name: string; readonly namespace?: string | undefined; readonly container?: string | undefined };

/** The surest first. */
function* podsIn(text: string): Generator<Found> {
  for (const [, sign = "", quote = "", namespace, name = "", container] of everyMatch(text, POD)) {
    const trimmed = withoutStop(name);
    if (mayBe(trimmed, `${sign.trim()}${quote}${namespace ?? ""}`)) yield { name: trimmed, namespace, container };
  }
  for (const [, namespace, name = ""] of everyMatch(text, PLACED)) {
    const trimmed = withoutStop(name);
    if (podShape(trimmed) === "surely") yield { name: trimmed, namespace };
  }
  for (const shape of [OF_KUBERNETES.test(text) ? PLACED : [], BEHIND_RULE].flat()) {
    for (const [, namespace, name = ""] of everyMatch(text, shape)) {
      const trimmed = withoutStop(name);
      if (namespace !== undefined && !isStopWord(namespace) && LIKE_A_POD.test(trimmed)) yield { name: trimmed, namespace };
    }
  }
  for (const [word] of everyMatch(text, WORD)) {
    const trimmed = withoutStop(word);
    if (podShape(trimmed) === "surely") yield { name: trimmed };
  }
}

function ownerIn(text: string): (Found & { readonly resource: WorkloadResource }) | undefined {
  for (const [, kind = "", sign = "", quote = "", before, name = "", behind] of everyMatch(text, OWNER)) {
    const namespace = before ?? behind;
    const trimmed = withoutStop(name);
    const resource = KINDS[kind.toLowerCase()];
    // "job" is Prometheus' word too, for what is scraped.
    const isSure = sign === "/" || quote !== "" || namespace !== undefined || !/^job$/i.test(kind);
    if (resource === undefined || resource === "node" || !isSure || !isName(trimmed)) continue;
    return { resource, name: trimmed, namespace };
  }
  return undefined;
}

function namespaceIn(text: string): string | undefined {
  const named = [NAMESPACE, BEFORE_NAMESPACE].flatMap((shape) => everyMatch(text, shape).map(([, name = ""]) => withoutStop(name)));
  return named.find(isName);
}

function containerIn(text: string): string | undefined {
  for (const [, quote = "", found = ""] of everyMatch(text, CONTAINER)) {
    const name = withoutStop(found);
    if (mayBe(name, quote) || isName(name)) return name;
  }
  return undefined;
}

function hostsIn(text: string): readonly string[] {
  const hosts = new Set<string>();
  for (const [, sign = "", quote = "", name = ""] of everyMatch(text, HOST)) {
    const host = name.replace(/[.-]+$/, "");
    const isSure = sign === "/" || /[:=：]/.test(sign) || quote !== "" || /[\d.-]/.test(host);
    if (hosts.size < MOST_HOSTS && isSure && !isStopWord(host) && !/^\d{1,3}(?:\.\d+)?$/.test(host)) hosts.add(host);
  }
  return [...hosts];
}

/** A word behind "pod" is its name when it is written as one: quoted, after a colon, or with a hyphen or a digit in it. */
function mayBe(name: string, signs: string): boolean {
  return isName(name) && (signs !== "" || /[-\d]/.test(name));
}

function isName(name: string): boolean {
  return isKubernetesName(name) && name.length > 1 && !isStopWord(name) && !/^\d+(?:\.\d+)?$/.test(name);
}

/** A word of a sentence, which names nobody. */
export function isStopWord(word: string): boolean {
  const lower = word.toLowerCase();
  return [...NO_CONTAINERS, ...MORE_STOP_WORDS].some((stop) => stop === lower);
}

const MORE_STOP_WORDS = [
  "pod",
  "pods",
  "namespace",
  "node",
  "nodes",
  "host",
  "cpu",
  "disk",
  "restart",
  "restarts",
  "restarting",
  "terminated",
  "evicted",
  "crash",
  "crashloopbackoff",
  "not",
  "to",
  "and",
  "or",
  "by",
  "from",
  "into",
  "over",
  "above",
  "below",
  "than",
  "more",
  "less",
  "been",
  "be",
  "are",
  "will",
  "may",
  "can",
  "could",
  "should",
  "it",
  "its",
  "has",
  "have",
  "had",
  "working",
  "rss",
  "heap",
  "ram",
  "status",
  "state",
  "reason",
  "labels",
  "label",
  "ready",
  "running",
  "pending",
  "failed",
  "after",
  "before",
  "under",
  "up",
  "down",
  "near",
  "at",
  "reached",
  "reaching",
  "hit",
  "ran",
  "which",
  "where",
  "when",
  "who",
  "whose",
  "only",
  "all",
  "some",
  "any",
  "each",
  "every",
  "one",
  "high-memory",
  "out-of-memory",
  "oom-kill",
  "oom-killed",
  "oom-killer",
  "memory-usage",
  "uses",
  "spec",
  "level",
  "image",
  "count",
  "group",
  "type",
  "class",
  "side",
  "set",
];

function withoutStop(name: string): string {
  return name.replace(/[.-]+$/, "");
}
