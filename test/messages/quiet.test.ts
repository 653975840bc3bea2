import { expect, it } from "vitest";
import type { Incident } from "../../src/domain/incident.ts";
import type { Silence } from "../../src/domain/silence.ts";
import { choiceOf } from "../../src/domain/target-choice.ts";
import { quietDigest, type DigestRow } from "../../src/messages/quiet-digest.ts";
import {
  attendedNote,
  broadNote,
  callNote,
  directNote,
  keptQuietNote,
  retractedNote,
  silencedNote,
  spreadNote,
} from "../../src/messages/quiet-notes.ts";
import { silenceEndedNote, silenceSetNote } from "../../src/messages/silence-answers.ts";
import { silenceList } from "../../src/messages/silence-list.ts";
import { WEEKDAYS } from "../../src/domain/zoned-time.ts";
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
  const set = { silence: { ...SILENCE, what: { kind: "channel", channel: "C0ALERTS" } }, open: 2, staying: [], isCut: false } as const;
  expect(text(silenceSetNote(set))).toMatch(/All in <#C0ALERTS> is silenced[\s\S]*2 open incidents of it stay open/);
});

it("the answer says what stays quiet by others, that it was cut, and what may have been mistyped", () => {
  const { untilMs: _, ...lasting } = SILENCE;
  const other: Silence = { ...lasting, id: "sil_2", what: { kind: "target", pattern: "redis/*" }, kills: true };
  const staying = [{ silence: other, of: "part" }] as const;
  const said = text(silenceSetNote({ silence: SILENCE, open: 0, staying, isCut: true, hint: "Did you mean `team`?" }));
  expect(said).toMatch(
    /Did you mean `team`\?[\s\S]*For an hour at the most[\s\S]*`redis\/\*` is silenced as well, until it is resolved, kills too: so a part/,
  );
  expect(text(silenceEndedNote({ silence: SILENCE, staying, calm: [{ kind: "quiet-hours" }] }))).toMatch(
    /is heard again[\s\S]*`\/oom unmute sil_2` takes that back/,
  );
  expect(text(silenceEndedNote({ silence: SILENCE, staying: [{ silence: other, of: "all" }], calm: [] }))).toContain("stays quiet.");
  const kept = text(silenceEndedNote({ silence: SILENCE, staying: [], calm: [{ kind: "maintenance", name: "upgrade", untilMs: 0 }] }));
  expect(kept).toMatch(/stays quiet\.[\s\S]*in maintenance: \*upgrade\*, until <!date/);
});

it("what nobody has named is announced with a button, and that it was taken back", () => {
  const note = broadNote({ silence: SILENCE });
  expect(text(note)).toMatch(/`team=&lt;!channel&gt;\*` is silenced until <!date[\s\S]*by <@U0ASKER>[\s\S]*opens no incident/);
  expect(pressable(note)).toEqual([{ label: "Undo", actionId: "silence_end", value: "sil_1" }]);
  expect(text(retractedNote({ silence: SILENCE, by: "U0OTHER" }))).toContain("<@U0OTHER> has taken back");
});

it("the list has the newest first, with what each has kept quiet, and what the configuration wants quiet, now and next", () => {
  const once = { kind: "once", fromMs: 0, toMs: 3_600_000 } as const;
  const nightly = { kind: "weekly", days: WEEKDAYS, fromMinutes: 1320, toMinutes: 420, zone: "Europe/Berlin" } as const;
  const many = Array.from({ length: 22 }, (_, index) => ({ ...SILENCE, id: `sil_${index}` }));
  const list = silenceList({
    silences: many,
    counts: [
      { by: "sil_21", count: 5, kills: 2, waiting: 5 },
      { by: "maintenance:upgrade", count: 1, kills: 0, waiting: 0 },
      { by: "quiet-hours", count: 9, kills: 0, waiting: 3 },
    ],
    maintenance: [
      {
        window: { name: "upgrade", targets: ["docker/*", "redis/shop"], labels: { team: "web" }, when: once },
        time: { when: once, isNow: true, changesAtMs: 3_600_000 },
      },
      {
        window: { name: "<!here>", targets: [], labels: {}, when: nightly },
        time: { when: { ...nightly, days: ["sat"] }, isNow: false, changesAtMs: 0 },
      },
      { window: { name: "last year", targets: [], labels: {}, when: once }, time: { when: once, isNow: false } },
    ],
    quietHours: { when: nightly, isNow: true, changesAtMs: 7_200_000 },
  });
  expect(pressable(list)).toHaveLength(20);
  expect(pressable(list)[0]).toMatchObject({ value: "sil_21" });
  expect(text(list)).toMatch(/5 kept quiet, 2 kills among them[\s\S]*… and 2 older ones/);
  expect(text(list)).toMatch(
    /upgrade\* now, until <!date.*1970-01-01T01:00:00Z>\ncovers `docker\/\*` and `redis\/shop` with `team=web`.* 1 kept quiet/,
  );
  expect(text(list)).toMatch(/&lt;!here&gt;\* next <!date.*\(`sat 22:00-07:00 Europe\/Berlin`\)\ncovers everything/);
  expect(text(list)).toMatch(
    /🌙 now, until <!date.*\(`daily 22:00-07:00 Europe\/Berlin`\)\n.* 3 wait for their end · 9 kept quiet in the last 30 days/,
  );
  expect(text(list)).not.toContain("last year");
  expect(text(list)).toContain("restart Oomph");
  const nothing = text(silenceList({ silences: [], counts: [], maintenance: [] }));
  expect(nothing).toContain("🔔 Nothing is silenced now.");
  expect(nothing).not.toContain("oomph.yaml");
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
  const member = { ...INCIDENT, severity: "critical", stormId: "stm_1" } as const;
  expect(text(callNote({ incident: member, forMs: 60_000, group: "S0ONCALL" }))).toContain("for 1 min. It is one of the storm `stm_1`.");
  for (const note of [spreadNote, directNote])
    expect(text(note({ incident: member, forMs: 60_000 }))).toMatch(/docker\/kong`\* · critical\n.*It is one of the storm `stm_1`\./);
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
  const pod = { kind: "workload", connection: "local", resource: "deploy", namespace: "shop", name: "web" } as const;
  const [own] = pressable(quietDigest({ rows: [{ ...row, target: pod, problem: "workload-memory", class: "metrics_missing" }] }));
  expect(own?.value).toBe(choiceOf(pod, { alertClass: "metrics_missing" }));
  const digest = quietDigest({ rows: [...rows, row] });
  expect(digest.text).toBe("Quiet hours: 141 reports waited, of 70 targets; 1 names none");
  expect(text(digest)).toContain("*No target named* warning");
  expect(quietDigest({ rows: [row, row] }).text).toBe("Quiet hours: 2 reports waited; 2 name no target");
  expect(pressable(digest)).toHaveLength(15);
  expect(pressable(digest)[0]).toEqual({ label: "Investigate", actionId: "target_pick", value: "redis/r0" });
  expect(text(digest).match(/91%/g)).toHaveLength(71);
  expect(text(digest)).not.toContain("<!here>");
  expect(digest.blocks.length).toBeLessThan(50);
});
