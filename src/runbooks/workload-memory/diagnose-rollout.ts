import { formatBytes } from "../../domain/bytes.ts";
import { formatDuration } from "../../domain/duration.ts";
import type { Finding } from "../../domain/finding.ts";
import type { PodContainer, Revision } from "../../domain/workload.ts";
import { weigh } from "../make-finding.ts";
import { oneLine } from "../words.ts";
import { trendOf, type Focus } from "./focus.ts";
import { makeFinding } from "./make-finding.ts";
import { reason, type Picture } from "./picture.ts";

const RECENT_MS = 24 * 3_600_000;
const MOST_CHANGES = 5;

/** What was rolled out shortly before is a suspect, with what it changed. Pure. */
export function diagnoseRecentRollout(picture: Picture, focus: Focus): Finding | undefined {
  const [now, before] = picture.rollout?.value.revisions ?? [];
  const { judgement, share = 0 } = focus;
  const trouble = judgement.killed || share >= 0.7 || trendOf(focus)?.kind === "leak";
  if (now?.atMs === undefined || before === undefined || !trouble) return undefined;
  const sinceMs = (judgement.end?.finishedAtMs ?? picture.pods?.value.atMs ?? now.atMs) - now.atMs;
  // What was killed before the rollout was not killed by it.
  if (sinceMs < 0 || sinceMs > RECENT_MS) return undefined;
  const changes = changesBetween(before, now);
  const [first] = changes;
  const back = picture.pods?.value.workload.resource === "deploy" || picture.pods?.value.workload.resource === "sts";
  return makeFinding({
    verdict: "recent-rollout",
    headline: `Revision ${now.revision} was rolled out ${formatDuration(sinceMs)} before${first === undefined ? "" : ` and changed ${changes.slice(0, 2).join(" and ")}`}: what changed is a suspect.`,
    confidence: weigh(0.3, [changes.length > 0, 0.1], [changes.some(isOfMemory), 0.15], [sinceMs <= RECENT_MS / 8, 0.1]),
    for: [
      reason(
        picture,
        "rollout",
        `revision ${now.revision} is ${formatDuration(sinceMs)} older than the trouble${now.cause === undefined ? "" : ` (${oneLine(now.cause, 80)})`}`,
      ),
      ...changes.slice(0, MOST_CHANGES).map((change) => reason(picture, "rollout", `it changed ${change}`)),
    ],
    against: [
      ...(changes.length === 0 ? [reason(picture, "rollout", "nothing that has to do with memory differs from the revision before")] : []),
      reason(picture, "rollout", "that something came first does not make it the cause"),
    ],
    advice: back
      ? [
          {
            actionId: "k8s.rollout-undo",
            params: { revision: before.revision },
            why: `Goes back to revision ${before.revision}. Worth it when the trouble began with this rollout; what it brought is lost until then.`,
          },
        ]
      : [],
  });
}

/** Images, limits, commands and variables that differ, in words; values of variables are masked before they get here. */
export function changesBetween(before: Revision, now: Revision): readonly string[] {
  return now.containers.flatMap((container) => {
    const old = before.containers.find(({ name }) => name === container.name);
    if (old === undefined) return [`a new container ${container.name}`];
    return [...ofContainer(old, container), ...ofEnvironment(before.environment[container.name], now.environment[container.name])];
  });
}

function ofContainer(old: PodContainer, container: PodContainer): readonly string[] {
  const { name } = container;
  const size = (bytes: number | undefined): string => (bytes === undefined ? "none" : formatBytes(bytes));
  return [
    ...(old.limitBytes === container.limitBytes
      ? []
      : [`the memory limit of ${name} from ${size(old.limitBytes)} to ${size(container.limitBytes)}`]),
    ...(old.requestBytes === container.requestBytes
      ? []
      : [`the memory request of ${name} from ${size(old.requestBytes)} to ${size(container.requestBytes)}`]),
    ...(old.image === container.image
      ? []
      : [`the image of ${name} from ${oneLine(old.image ?? "none", 80)} to ${oneLine(container.image ?? "none", 80)}`]),
    ...(old.commandLine === container.commandLine ? [] : [`the command of ${name}`]),
  ];
}

type Variables = Readonly<Record<string, string>>;

function ofEnvironment(old: Variables = {}, now: Variables = {}): readonly string[] {
  const names = new Set([...Object.keys(old), ...Object.keys(now)]);
  return [...names]
    .filter((name) => old[name] !== now[name])
    .map((name) => `${name} from ${oneLine(old[name] ?? "unset", 40)} to ${oneLine(now[name] ?? "unset", 40)}`);
}

function isOfMemory(change: string): boolean {
  return /^the (?:memory limit|image)|HEAP|MEM|CACHE|WORKER|THREAD|POOL|JAVA|NODE_OPTIONS/i.test(change);
}
