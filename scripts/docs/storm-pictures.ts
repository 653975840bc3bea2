import { fitMessage } from "../../src/adapters/slack/fit-message.ts";
import type { Message } from "../../src/domain/message.ts";
import type { Storm, StormMember } from "../../src/domain/storm.ts";
import { stormOver, stormPages, stormRoot } from "../../src/messages/storm.ts";
import { reportMessage } from "../../src/messages/report.ts";
import { AT_MS, DIAGNOSIS, OFFERS, TARGET } from "./example-facts.ts";
import type { PageMessage } from "./thread-page.ts";

const STORM: Storm = {
  id: "stm_7k2m9q4t",
  channel: "C0ALERTS",
  trait: { kind: "node", value: "node-7" },
  state: "active",
  beganAtMs: AT_MS,
  lastMemberAtMs: AT_MS + 240_000,
};
const VERDICTS = [
  "The node is short of memory: the kernel kills what uses most, not what leaks",
  "The limit of 512.0 MiB is less than the 641.3 MiB that 4 workers need",
  "It leaks 3.1 MiB a minute and reaches its limit in 41 minutes",
];
const STATES = { done: "diagnosed", running: "investigating", waiting: "open" } as const;
const LOOKS = ["done", "done", "running", "waiting", "waiting"] as const;

function member(index: number): StormMember {
  const look = LOOKS[index % LOOKS.length] ?? "waiting";
  const headline = look === "done" ? { headline: VERDICTS[index % VERDICTS.length] ?? "" } : {};
  return {
    incidentId: `inc_${(4_096_731 + index * 7_919).toString(32)}`,
    stormId: STORM.id,
    runbookId: "workload-memory",
    target: { kind: "workload", connection: "prod", resource: "deploy", namespace: "shop", name: ["checkout", "cart", "search", "prices", "mails"][index % 5] + (index < 5 ? "" : `-${index}`) },
    problem: "workload-memory",
    state: STATES[look],
    severity: index < 3 ? "critical" : "warning",
    timesSeen: 40 - index,
    openedAtMs: AT_MS + index * 1000,
    look,
    isOut: index === 4,
    ...headline,
  };
}

const MEMBERS = Array.from({ length: 24 }, (_, index) => member(index));
const AFTERWARDS = MEMBERS.map((one, index): StormMember => ({ ...one, look: "done", state: index % 4 === 1 ? "diagnosed" : "resolved", headline: VERDICTS[index % 3] ?? "" }));
const OVER: Storm = { ...STORM, state: "over", endedAtMs: AT_MS + 1_800_000 };

/** A report with so many rows of evidence. */
function longReport(keys: number): Message {
  const rows = Array.from({ length: keys }, (_, index) => [`session:${10_000 + index}`, "2", "4,123", "all of them", "1.2 MiB", "3 d"]);
  const columns = ["Keys named", "Database", "Keys", "Without TTL", "Size", "Idle"];
  const diagnosis = { ...DIAGNOSIS, suspects: { title: "keys that nobody has read for days", columns, rows } };
  return reportMessage({ target: TARGET, diagnosis, failures: [], offers: OFFERS, tookMs: 1240 });
}

function oomph(message: Message, afterMs: number): PageMessage {
  return { author: "Oomph", atMs: AT_MS + afterMs, message };
}

/** As it stands in the thread, with its file. */
function filed(message: Message): readonly PageMessage[] {
  const name = "inc_4q7c2m1x-report-5d1f0a3e.txt";
  const file = { author: "Oomph", atMs: AT_MS + 2300, message: { text: "", files: [{ name, title: message.text }] } };
  return [...fitMessage(message, "below").messages.map((part) => oomph(part, 1300)), file];
}

/** Name of the file → the messages in it: a storm while it lasts and when it is over, and a report that is too long. */
export const STORM_PICTURES: Readonly<Record<string, readonly PageMessage[]>> = {
  storm: [oomph(stormRoot({ storm: STORM, members: MEMBERS }), 0), ...[...stormPages({ members: MEMBERS })].map((page) => oomph(page, 2000))],
  "storm-over": [oomph(stormRoot({ storm: OVER, members: AFTERWARDS }), 0), oomph(stormOver({ storm: OVER, members: AFTERWARDS }), 1_800_000)],
  "report-filed": filed(longReport(2_000)),
};
