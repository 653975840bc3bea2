import type { AboutMemory } from "../../domain/alert.ts";
import { hostsIn, killsIn } from "../kills-in.ts";
import type { Said } from "../said.ts";
import { killByRule } from "./out-of-memory-rule.ts";

// Wazuh's integrations/slack.py: pretext, title = the rule's description, text = full_log, and three fields.
const PRETEXT = /^wazuh alert\b/m;
const AGENT = /^agent: \([^()\n]{1,20}\) - ([\w.-]{1,256})/im;
const RULE = /^rule id: (\d{1,9})\b/im;

/** Wazuh's own Slack post. What its rule calls it counts for less than the log line under it. */
export function readWazuhPost({ asWritten, text }: Said): AboutMemory | undefined {
  const id = RULE.exec(asWritten)?.[1];
  if (id === undefined || !PRETEXT.test(text)) return undefined;
  const kills = killsIn(asWritten) ?? killByRule({ id, description: asWritten.slice(0, 2000) }, logIn(asWritten));
  if (kills === undefined || kills.length === 0) return undefined;
  const agent = AGENT.exec(asWritten)?.[1];
  return {
    kind: "about-memory",
    problem: "container-memory",
    source: "wazuh",
    names: [],
    status: "firing",
    kills,
    hosts: [...new Set([...hostsIn(asWritten), ...(agent === undefined ? [] : [agent])])],
  };
}

/** Between the title and the fields. */
function logIn(asWritten: string): string {
  const lines = asWritten.split("\n", 20);
  const from = lines.findIndex((line) => /^wazuh alert\b/i.test(line)) + 2;
  return lines
    .slice(from)
    .filter((line) => !/^(?:agent|location|rule id): /i.test(line))
    .join(" ");
}
