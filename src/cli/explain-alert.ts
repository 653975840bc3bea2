import type { AlertFacts, AlertResult } from "./alert-result.ts";
import { asClause } from "../domain/clause.ts";
import type { Explained } from "./explained.ts";
import { readSlackPost, textOfSlackPost } from "./explain-slack-post.ts";
import { readWazuhJson } from "./explain-wazuh.ts";

type SenderJson = (value: object) => AlertResult | undefined;

// A sender each; the first that knows the JSON as its own has it.
const SENDERS: readonly SenderJson[] = [readWazuhJson, readAnyPost];
const MOST_CHARACTERS = 2 ** 20;

/** An alert as its sender's webhook or Slack post has it, in JSON. Pure. */
export function explainAlert(text: string): Explained<AlertResult> | undefined {
  const value = jsonObject(text);
  if (value === undefined) return undefined;
  for (const read of SENDERS) {
    const result = read(value);
    if (result !== undefined) return { result, text: rendered(result) };
  }
  return undefined;
}

/** The text of a Slack post that is no alert about memory: a person may have pasted a log into it. */
export function textBesideAlert(text: string): string | undefined {
  const value = jsonObject(text);
  const said = value === undefined || readWazuhJson(value) !== undefined ? undefined : textOfSlackPost(value);
  return said === undefined || readSlackPost(said).memoryRelated === true ? undefined : said;
}

function readAnyPost(value: object): AlertResult | undefined {
  const text = textOfSlackPost(value);
  return text === undefined ? undefined : readSlackPost(text);
}

function jsonObject(text: string): object | undefined {
  if (text.length > MOST_CHARACTERS || !text.trimStart().startsWith("{")) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function rendered({ memoryRelated, status, alerts }: AlertResult): string {
  const headline = memoryRelated === true ? `An alert about memory, ${status}.` : "An alert that is not about memory.";
  return `${[headline, ...alerts.map(section)].join("\n\n")}\n`;
}

function section({ says, severity, target, startsAt, labels }: AlertFacts): string {
  const facts: readonly (readonly [string, string | null])[] = [
    ["severity", severity],
    ["when", startsAt],
    ["host", target.host],
    ["container", target.containerId],
    ["cgroup", target.cgroup],
    ...Object.entries(labels),
  ];
  return [`${asClause(says)}.`, ...facts.flatMap(([name, fact]) => (fact === null ? [] : [`  ${name.padEnd(16)}  ${fact}`]))].join("\n");
}
