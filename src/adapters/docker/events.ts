import { OomphError } from "../../domain/errors.ts";
import type { ContainerEvent } from "../../ports/containers.ts";
import { createLineReader } from "../connection/read-body.ts";
import type { DockerClient } from "./client.ts";
import { readAnswer } from "./read-answer.ts";
import { EventLine } from "./schema.ts";

const ACTIONS = ["oom", "die", "start", "stop", "kill", "restart", "update", "create", "destroy", "rename", "health_status"] as const;
// Health checks alone make three `exec_*` events every few seconds: what nobody reads is not sent.
const FILTERS = { type: ["container"], event: [...ACTIONS, "pause", "unpause"] };
/** What a daemon itself adds to the labels of a container. */
const OWN_ATTRIBUTES = new Set(["name", "image", "exitCode", "signal", "oldName", "execDuration", "comment"]);

/** Events between two times of the daemon's clock, oldest first. */
export async function readPastEvents(
  client: DockerClient,
  range: { readonly sinceMs: number; readonly untilMs: number },
): Promise<readonly ContainerEvent[]> {
  const events: ContainerEvent[] = [];
  const query = { since: inSeconds(range.sinceMs), until: inSeconds(range.untilMs), filters: JSON.stringify(FILTERS) };
  await client.stream(
    { call: "events", query },
    createEventReader((event) => events.push(event)),
  );
  return events;
}

/** Events from a time on, until `signal` is aborted. Rejects when the stream ends otherwise. */
export async function followEvents(
  client: DockerClient,
  sinceMs: number,
  { onEvent, signal }: { readonly onEvent: (event: ContainerEvent) => void; readonly signal: AbortSignal },
): Promise<void> {
  const query = { since: inSeconds(sinceMs), filters: JSON.stringify(FILTERS) };
  try {
    await client.stream({ call: "events", query, signal, timeoutMs: Number.POSITIVE_INFINITY }, createEventReader(onEvent));
  } catch (error) {
    if (signal.aborted) return;
    throw error;
  }
  if (signal.aborted) return;
  throw new OomphError("unreachable", `Docker host ${client.name} ended the stream of events. It may be restarting.`, { retryable: true });
}

/** One JSON object a line. Exported for tests of what real daemons cannot be made to send. */
export function createEventReader(onEvent: (event: ContainerEvent) => void): (chunk: Buffer) => void {
  return createLineReader((line) => {
    const text = line.toString("utf8").trim();
    if (text === "") return;
    const event = readEvent(text);
    if (event !== undefined) onEvent(event);
  });
}

function readEvent(text: string): ContainerEvent | undefined {
  const line = readAnswer(EventLine, parse(text), "The stream of events");
  if (line.Type !== "container") return undefined;
  const attributes = line.Actor.Attributes;
  // Read as text: as a number it would lose its last three digits. In a string the quotes would be escaped.
  const atNs = /"timeNano":\s*(\d+)/.exec(text)?.[1] ?? `${line.time}000000000`;
  const exitCode = Number(attributes["exitCode"] ?? Number.NaN);
  return {
    atNs,
    atMs: Number(atNs.slice(0, -6)),
    action: actionOf(line.Action),
    containerId: line.Actor.ID,
    name: attributes["name"] ?? "",
    image: attributes["image"] ?? "",
    labels: Object.fromEntries(Object.entries(attributes).filter(([name]) => !OWN_ATTRIBUTES.has(name))),
    ...(line.Action === "die" && Number.isInteger(exitCode) ? { exitCode } : {}),
  };
}

/** `health_status: unhealthy` → `health_status`. */
function actionOf(text: string): ContainerEvent["action"] {
  const [word = ""] = text.split(":");
  return ACTIONS.find((action) => action === word) ?? "other";
}

/** The second with a fraction of nine digits. */
function inSeconds(ms: number): string {
  const whole = Math.max(0, Math.floor(ms));
  return `${Math.floor(whole / 1000)}.${String((whole % 1000) * 1_000_000).padStart(9, "0")}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new OomphError("refused", "Expected one JSON object a line from the daemon's events, got something else.", { cause: error });
  }
}
