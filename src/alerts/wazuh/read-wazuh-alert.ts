import type { AlertReading } from "../../domain/alert.ts";
import { readIsoTime } from "../../domain/kernel-oom/log-time.ts";
import { hostsIn, killsIn } from "../kills-in.ts";
import { killByRule } from "./out-of-memory-rule.ts";
import type { WazuhAlert } from "./schema.ts";

// analysisd takes lines of 64 KiB at the most.
const MOST_CHARACTERS = 131_072;

/** What an alert of Wazuh's is about, by its log line: the rule calls a kill within a cgroup a trouble of the system. Pure. */
export function readWazuhAlert(alert: WazuhAlert): AlertReading {
  const log = alert.full_log.slice(0, MOST_CHARACTERS);
  const kills = killsIn(log) ?? killByRule(alert.rule, log);
  if (kills === undefined || kills.length === 0) return { kind: "not-about-memory" };
  const atMs = startOf(alert);
  return {
    kind: "about-memory",
    problem: "container-memory",
    source: "wazuh",
    names: [],
    status: "firing",
    kills,
    // The line's own host first: an agent may collect the logs of others.
    hosts: [...new Set([alert.predecoder?.hostname, ...hostsIn(log), alert.agent?.name].filter((host) => host !== undefined))],
    ...(atMs === undefined ? {} : { atMs }),
  };
}

/** When the manager saw it, which is within seconds of the kill. */
export function startOf({ timestamp, id }: Pick<WazuhAlert, "timestamp" | "id">): number | undefined {
  return (timestamp === undefined ? null : readIsoTime(timestamp)) ?? timeOfId(id);
}

/** An alert's id is seconds since 1970 and a place in the manager's log: `1781187740.5106268`. */
export function timeOfId(id: string): number | undefined {
  const seconds = /^([1-9]\d{9})\.\d{1,15}$/.exec(id)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}
