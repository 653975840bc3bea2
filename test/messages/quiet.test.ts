import { expect, it } from "vitest";
import type { Incident } from "../../src/domain/incident.ts";
import type { Silence } from "../../src/domain/silence.ts";
import { quietDigest, type DigestRow } from "../../src/messages/quiet-digest.ts";
import { attendedNote, callNote, keptQuietNote, silencedNote, spreadNote } from "../../src/messages/quiet-notes.ts";
import { silenceList, silenceSetNote } from "../../src/messages/silence-list.ts";
import { pressable, seen } from "../support/seen.ts";

const SILENCE: Silence = {
  id: "sil_1",
  what: { kind: "label", name: "team", pattern: "<!channel>*" },
  kills: false,
  untilMs: 3_600_000,
  by: "U0ASKER",
  atMs: 0,
  reason: "*known* <!here>",
};
const INCIDENT: Incident = {
  id: "inc_1",
  fingerprint: "docker/kong container-memory",
  target: { kind: "docker", connection: "local", name: "kong" },
  problem: "container-memory",
  state: "open",
  channel: "C0ALERTS",
  openedBy: { kind: "oomph" },
  openedAtMs: 0,
  lastSeenAtMs: 0,
  timesSeen: 1,
};
const text = (message: Parameters<typeof seen>[0]): string => seen(message).join("\n");

it("a silence in a thread can be undone, and what somebody typed pings nobody", () => {
  const note = silencedNote({ silence: SILENCE });
  expect(text(note)).toContain("`team=&lt;!channel&gt;*` is silenced until <!date");
  expect(text(note)).toContain("`*known*` &lt;!here&gt;");
  expect(text(note)).toContain("Kills are told all the same.");
  expect(pressable(note)).toEqual([{ label: "Undo", actionId: "silence_end", value: "sil_1" }]);
  const { untilMs: _, ...lasting } = SILENCE;
  expect(text(silencedNote({ silence: { ...lasting, kills: true } }))).toMatch(/until it is resolved[\s\S]*not told either/);
  expect(text(silenceSetNote({ silence: { ...SILENCE, what: { kind: "channel", channel: "C0ALERTS" } }, open: 2 }))).toMatch(
    /All in <#C0ALERTS> is silenced[\s\S]*2 open incidents of it stay open/,
  );
});

it("the list has the newest first, with what each has kept quiet, and where it is their time maintenance and quiet hours", () => {
  const when = { kind: "once", fromMs: 0, toMs: 1 } as const;
  const many = Array.from({ length: 22 }, (_, index) => ({ ...SILENCE, id: `sil_${index}` }));
  const list = silenceList({
    silences: many,
    counts: [
      { by: "sil_21", count: 5, kills: 2 },
      { by: "maintenance:upgrade", count: 1, kills: 0 },
    ],
    now: { maintenance: [{ name: "upgrade", targets: [], labels: {}, when }], isQuiet: true },
  });
  expect(pressable(list)).toHaveLength(20);
  expect(pressable(list)[0]).toMatchObject({ value: "sil_21" });
  expect(text(list)).toMatch(
    /5 kept quiet, 2 kills among them[\s\S]*… and 2 older ones[\s\S]*Maintenance now: upgrade · 1 kept quiet[\s\S]*Quiet hours now/,
  );
  expect(text(silenceList({ silences: [], counts: [], now: { maintenance: [], isQuiet: false } }))).toBe("🔔 Nothing is silenced.");
});

it("a call names the group by its id, and nobody else", () => {
  const called = callNote({ incident: INCIDENT, forMs: 600_000, group: "S0ONCALL" });
  expect(text(called)).toContain("<!subteam^S0ONCALL> Nobody has reacted to `docker/kong` for 10 min.");
  expect(pressable(called).map(({ actionId, value }) => [actionId, value])).toEqual([
    ["incident_attend", "inc_1"],
    ["incident_snooze", "inc_1"],
  ]);
  expect(text(callNote({ incident: INCIDENT, forMs: 0, group: "!channel" }))).not.toContain("<!");
  expect(text(spreadNote({ incident: INCIDENT, forMs: 60_000, permalink: "https://slack.example/p1" }))).toContain(
    "<https://slack.example/p1|Go to the thread>",
  );
  expect(text(spreadNote({ incident: INCIDENT, forMs: 60_000 }))).toContain("The thread is in <#C0ALERTS>.");
  expect(pressable(attendedNote({ incident: INCIDENT, by: "U0ASKER" }))).toEqual([]);
});

it("what was kept quiet is said with its time", () => {
  expect(text(keptQuietNote({ count: 1, firstAtMs: 0, lastAtMs: 0 }))).toMatch(/^🔕 1 report of it before this was kept quiet .*: <!date/);
  expect(text(keptQuietNote({ count: 3, firstAtMs: 0, lastAtMs: 60_000 }))).toMatch(
    /3 reports .* were kept quiet .*from <!date.* to <!date/,
  );
});

it("the message after quiet hours has a button for each of the worst, and a line for every other", () => {
  const row: DigestRow = { severity: "warning", says: "memory <!here> at 91%", count: 1, firstAtMs: 0, lastAtMs: 0 };
  const rows = Array.from({ length: 70 }, (_, index): DigestRow => ({
    ...row,
    target: { kind: "redis", name: `r${index}` },
    problem: "redis-memory",
    count: 2,
  }));
  const digest = quietDigest({ rows: [...rows, row] });
  expect(digest.text).toBe("Quiet hours: 141 reports of 71 targets waited");
  expect(pressable(digest)).toHaveLength(15);
  expect(pressable(digest)[0]).toEqual({ label: "Investigate", actionId: "target_pick", value: "redis/r0" });
  expect(text(digest).match(/91%/g)).toHaveLength(71);
  expect(text(digest)).not.toContain("<!here>");
  expect(digest.blocks.length).toBeLessThan(50);
});
