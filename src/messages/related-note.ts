import type { Incident } from "../domain/incident.ts";
import type { Message } from "../domain/message.ts";
import { formatTarget } from "../domain/target.ts";
import { lines, message } from "./kit.ts";
import { PROBLEMS } from "./root.ts";
import { code, time } from "./words.ts";

export type RelatedFacts = {
  /** The last of the same target and problem, resolved too long ago to be the same incident. */
  readonly earlier?: Incident;
  /** Of other problems of the same target, unresolved. */
  readonly others: readonly Incident[];
};

/** What else is known of a target: under a new incident's thread. Undefined: nothing. */
export function relatedNote(target: Incident["target"], { earlier, others }: RelatedFacts): Message | undefined {
  const said = [
    ...(earlier === undefined ? [] : [saidOfEarlier(earlier)]),
    ...others.map(
      (other) => `🔗 Open as well: ${PROBLEMS[other.problem].toLowerCase()} of the same target, ${code(other.id)}, in <#${other.channel}>.`,
    ),
  ];
  if (said.length === 0) return undefined;
  return message(
    `Related to ${formatTarget(target)}: ${[...(earlier === undefined ? [] : [earlier]), ...others].map(({ id }) => id).join(", ")}`,
    lines(said),
  );
}

function saidOfEarlier({ id, resolvedAtMs, lastSeenAtMs, timesSeen }: Incident): string {
  const times = timesSeen === 1 ? "once" : `${timesSeen} times`;
  return `🕓 It was here before: ${code(id)}, reported ${times}, resolved ${time(resolvedAtMs ?? lastSeenAtMs)}. \`/oom show ${id}\` tells what was done.`;
}
