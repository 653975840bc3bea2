import { counted } from "../../domain/count.ts";
import type { Finding, Reason } from "../../domain/finding.ts";
import { PRESSURE_SETTINGS } from "../../domain/trend/pressure.ts";
import { weigh, when } from "../make-finding.ts";
import { oneLine } from "../words.ts";
import { heapProfile, scaleUp } from "./advice.ts";
import { hitOf, trendOf, type Focus } from "./focus.ts";
import { gaugesIn, moveInWords, perHour, type GaugeMove } from "./gauge-moves.ts";
import { COLLECTIONS, OBJECTS } from "./gauges.ts";
import { grows, heapOf, heapReasons, heldBy } from "./heap-signs.ts";
import { makeFinding } from "./make-finding.ts";
import { reason, type Picture } from "./picture.ts";

// What may lie behind memory that grows: each only where something was seen of it, and never surer than what was seen.

const CONNECTIONS = /(?:connections?|streams?|subscriptions?|sessions?|clients?)/i;
const OF_DATABASE = /(?:^|_)(?:db|database|sql|pg|postgres\w*|mysql|mongo\w*|pool|hikari\w*)(?:_|$)/i;
const HANDLES = /^process_open_fds$/;
const WORK = /(?:commands?|jobs?|tasks?|requests?)_(?:active|running|in_flight|in_progress)|active_(?:commands?|jobs?|tasks?|requests?)/i;
const CACHE = /cache_(?:entries|items|size|bytes|objects)/i;
// Of functions, lines and classes that hold much of the heap.
const HOLDS_CONNECTIONS = /conn(?:ection)?s?(?![a-z])|(?<!output|input)stream|subscri|session|socket/i;
const HOLDS_CACHE = /cache|memo[iz]|lru/i;

const MANY_CONNECTIONS = 100;
const MANY_AT_ONCE = 20;
const MANY_LINES = 50;
// Alert rules of programs that count their objects begin here: new ones in an hour.
const OBJECTS_PER_HOUR = 1_000;
// Collections a second from which on the program does little else.
const COLLECTIONS_PER_SECOND = 10;
const MOST_GAUGES = 4;

/** Connections that clients or the program do not close. Pure. */
export function diagnoseConnectionLeak(picture: Picture, focus: Focus): Finding | undefined {
  const gauges = ownGauges(picture, focus).filter(({ name }) => CONNECTIONS.test(name) && !OF_DATABASE.test(name));
  const hit = hitOf(picture, focus, "connections");
  const grown = gauges.filter(({ first, last }) => last > first);
  const many = gauges.some(({ last }) => last >= MANY_CONNECTIONS);
  const told = hit !== undefined && hit.count >= MANY_LINES;
  const heap = heapOf(picture, focus);
  const holders = heldBy(heap, HOLDS_CONNECTIONS);
  if (!inTrouble(focus) || (!many && grown.length === 0 && !told && holders.length === 0)) return undefined;
  return makeFinding({
    verdict: "connection-leak",
    headline: "Connections pile up: clients may not close theirs, or nothing ends those that are idle. Each keeps its buffers.",
    confidence: weigh(0.2, [grown.length > 0, 0.15], [many, 0.12], [told, 0.08], [holders.length > 0, 0.12], [leaks(focus), 0.1]),
    for: [
      ...moves(picture, gauges),
      ...heapReasons(picture, heap, holders),
      hit && reason(picture, "logs", `${counted(hit.count, "line")} such as "${oneLine(hit.sample, 120)}"`),
      leakReason(picture, focus),
    ],
    against: [
      when(grown.length === 0 && gauges.length > 0, reason(picture, "metrics", "their number did not rise between two reads")),
      brief(picture, grown),
    ],
    advice: heapProfile(focus),
  });
}

/** Connections to a database, or files, that the program opens and does not close. Pure. */
export function diagnoseUnclosed(picture: Picture, focus: Focus): Finding | undefined {
  const gauges = ownGauges(picture, focus).filter(({ name }) => HANDLES.test(name) || (CONNECTIONS.test(name) && OF_DATABASE.test(name)));
  const grown = gauges.filter(({ first, last }) => last > first);
  const many = gauges.some(({ name, last }) => last >= (HANDLES.test(name) ? MANY_CONNECTIONS * 10 : MANY_CONNECTIONS));
  if (!inTrouble(focus) || (grown.length === 0 && !many)) return undefined;
  return makeFinding({
    verdict: "unclosed-connections",
    headline: "The program may not close what it opens: connections to its database, or files.",
    confidence: weigh(0.15, [grown.length > 0, 0.15], [many, 0.12], [leaks(focus), 0.1]),
    for: [...moves(picture, gauges), leakReason(picture, focus)],
    against: [brief(picture, grown)],
    advice: heapProfile(focus),
  });
}

/** Programs whose output is collected before it is handed on. Pure. */
export function diagnoseLargeOutputs(picture: Picture, focus: Focus): Finding | undefined {
  const hit = hitOf(picture, focus, "output");
  if (!inTrouble(focus) || hit === undefined || hit.count < MANY_LINES) return undefined;
  return makeFinding({
    verdict: "large-outputs",
    headline: "A command puts out a great deal, and its output is held in memory: it may be one that runs away.",
    confidence: weigh(0.25, [hit.count >= MANY_LINES * 10, 0.15], [focus.judgement.killed, 0.05]),
    for: [reason(picture, "logs", `${counted(hit.count, "line")} of output in the end of the log, such as "${oneLine(hit.sample, 120)}"`)],
    against: [reason(picture, "logs", "how long the outputs were in all is not to be seen in a log")],
    advice: [],
  });
}

/** More work at once than the memory is meant for. Pure. */
export function diagnoseTooMuchAtOnce(picture: Picture, focus: Focus): Finding | undefined {
  const gauges = ownGauges(picture, focus).filter(({ name, last }) => WORK.test(name) && last >= MANY_AT_ONCE);
  if (!inTrouble(focus) || gauges.length === 0) return undefined;
  const rising = gauges.some(({ first, last }) => last > first);
  return makeFinding({
    verdict: "too-many-at-once",
    headline: "Much is under way at once, and each command or request keeps its own buffers: fewer at a time, or more pods.",
    confidence: weigh(0.22, [rising, 0.08], [gauges.some(({ last }) => last >= MANY_AT_ONCE * 5), 0.12]),
    for: moves(picture, gauges),
    against: [reason(picture, "metrics", "how many are usual here is not known")],
    advice: scaleUp(picture, "What is under way at once is shared by more pods."),
  });
}

/** A cache without an end. Pure. */
export function diagnoseCacheGrowth(picture: Picture, focus: Focus): Finding | undefined {
  const gauges = ownGauges(picture, focus).filter(({ name, first, last }) => CACHE.test(name) && last > first);
  const heap = heapOf(picture, focus);
  const holders = heldBy(heap, HOLDS_CACHE);
  if (!inTrouble(focus) || (gauges.length === 0 && holders.length === 0)) return undefined;
  const container = focus.container?.name ?? "";
  const variables = Object.entries(picture.rollout?.value.workload?.environment[container] ?? {});
  const [ttl, value] = variables.find(([name]) => /CACHE.*(?:TTL|EXPIR|MAX_?AGE)|(?:TTL|EXPIR).*CACHE/i.test(name)) ?? [];
  return makeFinding({
    verdict: "cache-growth",
    headline: `A cache ${gauges.length > 0 || holders.some(grows) ? "grows" : "holds much"}${ttl === undefined ? "" : ` (${ttl} is ${value ?? ""})`}: what is in it may never expire.`,
    confidence: weigh(0.15, [gauges.length > 0, 0.1], [holders.length > 0, 0.12], [ttl !== undefined, 0.05], [leaks(focus), 0.12]),
    for: [...moves(picture, gauges), ...heapReasons(picture, heap, holders), leakReason(picture, focus)],
    against: [brief(picture, gauges)],
    advice:
      ttl === undefined
        ? []
        : [
            {
              actionId: "k8s.set-environment",
              params: { container, set: `${ttl}=15s` },
              why: `Lets what is cached expire after 15 s instead of ${value ?? "its default"}; its pods are rolled out anew. More is asked of what the cache spares.`,
            },
          ],
  });
}

/** Objects that are made and not let go. Pure. */
export function diagnoseObjectGrowth(picture: Picture, focus: Focus): Finding | undefined {
  const gauges = ownGauges(picture, focus).filter((gauge) => OBJECTS.test(gauge.name) && (perHour(gauge) ?? 0) > OBJECTS_PER_HOUR);
  const heap = heapOf(picture, focus);
  const holders = heldBy(heap, /./).filter((holder) => grows(holder));
  if (!inTrouble(focus) || (gauges.length === 0 && holders.length === 0)) return undefined;
  return makeFinding({
    verdict: "object-growth",
    headline: "The program makes objects and does not let go of them: circular references, or collections that only grow.",
    confidence: weigh(0.15, [gauges.length > 0, 0.1], [gauges.length > 1, 0.05], [holders.length > 0, 0.1], [leaks(focus), 0.15]),
    for: [...moves(picture, gauges), ...heapReasons(picture, heap, holders), leakReason(picture, focus)],
    against: [
      brief(picture, gauges),
      when(holders.length > 0, reason(picture, "heap", "two looks some seconds apart show a moment: what is new may yet be let go")),
    ],
    advice: heapProfile(focus),
  });
}

/** A program that collects garbage all the time. Pure. */
export function diagnoseCollecting(picture: Picture, focus: Focus): Finding | undefined {
  const gauges = ownGauges(picture, focus).filter(
    (gauge) => COLLECTIONS.test(gauge.name) && (perHour(gauge) ?? 0) > COLLECTIONS_PER_SECOND * 3600,
  );
  const series = (picture.prometheus?.value.series ?? []).filter(
    ({ what, last }) => what === "collections" && last > COLLECTIONS_PER_SECOND,
  );
  if (!inTrouble(focus) || (gauges.length === 0 && series.length === 0)) return undefined;
  return makeFinding({
    verdict: "gc-pressure",
    headline:
      "It collects garbage all the time: what is left of its memory is too little for what it does. It gets slow before it is killed.",
    confidence: weigh(0.35, [gauges.length > 0 && series.length > 0, 0.1], [(focus.share ?? 0) >= PRESSURE_SETTINGS.criticalAt, 0.1]),
    for: [
      ...moves(picture, gauges),
      ...series
        .slice(0, 2)
        .map(({ labels, last }) => reason(picture, "prometheus", `${labels["pod"] ?? "a pod"} collects ${last.toFixed(1)} times a second`)),
    ],
    against: [
      when(
        (focus.share ?? 1) < PRESSURE_SETTINGS.warningAt,
        reason(picture, "usage", "the container itself has room: its own heap limit may be what is small"),
      ),
    ],
    advice: heapProfile(focus),
  });
}

/** Of the pod that is looked at; of others where it tells nothing itself. */
function ownGauges(picture: Picture, { podCase }: Focus): readonly GaugeMove[] {
  const all = gaugesIn(picture);
  const own = all.filter(({ pod }) => pod === podCase.pod.name);
  return own.length > 0 ? own : all;
}

function inTrouble(focus: Focus): boolean {
  return focus.judgement.killed || (focus.share ?? 0) >= PRESSURE_SETTINGS.warningAt || leaks(focus);
}

function leaks(focus: Focus): boolean {
  return trendOf(focus)?.kind === "leak";
}

function leakReason(picture: Picture, focus: Focus): Reason | undefined {
  const trend = trendOf(focus);
  return trend?.kind === "leak" ? reason(picture, "history", trend.says) : undefined;
}

function moves(picture: Picture, gauges: readonly GaugeMove[]): readonly Reason[] {
  return gauges.slice(0, MOST_GAUGES).map((gauge) => reason(picture, "metrics", moveInWords(gauge)));
}

/** Two reads some seconds apart are a glance. */
function brief(picture: Picture, grown: readonly GaugeMove[]): Reason | undefined {
  return when(grown.length > 0, reason(picture, "metrics", "two reads some seconds apart show a moment, not a trend"));
}
