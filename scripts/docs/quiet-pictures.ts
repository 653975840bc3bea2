import { WEEKDAYS } from "../../src/domain/zoned-time.ts";
import type { Silence } from "../../src/domain/silence.ts";
import { quietDigest } from "../../src/messages/quiet-digest.ts";
import { attendedNote, broadNote, callNote, directNote, spreadNote } from "../../src/messages/quiet-notes.ts";
import { silenceSetNote } from "../../src/messages/silence-answers.ts";
import { silenceList } from "../../src/messages/silence-list.ts";
import { ALERTED, AT_MS } from "./example-facts.ts";
import type { PageMessage } from "./thread-page.ts";

const HOUR_MS = 3_600_000;
const by = "U0RESPONDER";

const KONG: Silence = {
  id: "sil_4k7q2m9x",
  what: { kind: "target", pattern: "docker/kong" },
  kills: true,
  by,
  atMs: AT_MS - 20 * HOUR_MS,
  untilMs: AT_MS + 4 * HOUR_MS,
  reason: "known bug, fixed by the next release",
};
const EVERY_REDIS: Silence = {
  id: "sil_9m2x7q4k",
  what: { kind: "target", pattern: "redis/*" },
  kills: false,
  by,
  atMs: AT_MS - HOUR_MS / 4,
  untilMs: AT_MS + 0.75 * HOUR_MS,
  reason: "fail-over test",
};
const SHORT: Silence = { ...KONG, id: "sil_2x4k9m7q", kills: false, atMs: AT_MS, untilMs: AT_MS + HOUR_MS, reason: "restarting it" };
const MISTYPED: Silence = { ...SHORT, id: "sil_7q9x4m2k", what: { kind: "label", name: "namspace", pattern: "shop" } };

const NIGHTLY = { kind: "weekly", days: WEEKDAYS, fromMinutes: 22 * 60, toMinutes: 7 * 60, zone: "Europe/Berlin" } as const;
const SATURDAYS = { ...NIGHTLY, days: ["sat"], fromMinutes: 120, toMinutes: 360 } as const;
const ONCE = { kind: "once", fromMs: AT_MS - HOUR_MS, toMs: AT_MS + 2 * HOUR_MS } as const;

const LIST = silenceList({
  silences: [KONG, EVERY_REDIS],
  counts: [
    { by: KONG.id, count: 41, kills: 3, waiting: 44 },
    { by: EVERY_REDIS.id, count: 7, kills: 0, waiting: 7 },
    { by: "maintenance:cluster upgrade", count: 12, kills: 2, waiting: 12 },
    { by: "quiet-hours", count: 96, kills: 0, waiting: 5 },
  ],
  maintenance: [
    {
      window: { name: "cluster upgrade", targets: ["deploy/shop/*", "sts/shop/*"], labels: {}, when: ONCE },
      time: { when: ONCE, isNow: true, changesAtMs: ONCE.toMs },
    },
    {
      window: { name: "batch night", targets: [], labels: { team: "data" }, when: SATURDAYS },
      time: { when: SATURDAYS, isNow: false, changesAtMs: AT_MS + 90 * HOUR_MS },
    },
  ],
  quietHours: { when: NIGHTLY, isNow: true, changesAtMs: AT_MS + 9 * HOUR_MS },
});

const WEB = { kind: "workload", connection: "prod", resource: "deploy", namespace: "shop", name: "web" } as const;
const DIGEST = quietDigest({
  rows: [
    {
      target: WEB,
      problem: "workload-memory",
      class: "memory_growth",
      severity: "warning",
      says: "HighMemoryGrowthRate: shop/web grows by 61 MB an hour",
      count: 9,
      firstAtMs: AT_MS - 8 * HOUR_MS,
      lastAtMs: AT_MS - HOUR_MS,
    },
    { severity: null, says: "Memory of billing is high", count: 1, firstAtMs: AT_MS - 3 * HOUR_MS, lastAtMs: AT_MS - 3 * HOUR_MS },
  ],
});

function oomph(message: PageMessage["message"], afterMs: number): PageMessage {
  return { author: "Oomph", atMs: AT_MS + afterMs, message, isAlone: true };
}

const CALLED = { incident: ALERTED, forMs: 600_000 } as const;

/** Name of the file → the messages in it: what is silenced, what is answered and announced when something is, and calls when nobody reacts. */
export const QUIET_PICTURES: Readonly<Record<string, readonly PageMessage[]>> = {
  silences: [oomph(LIST, 0)],
  muted: [
    oomph(silenceSetNote({ silence: SHORT, open: 1, staying: [{ silence: KONG, of: "all" }], isCut: false }), 0),
    oomph(
      silenceSetNote({
        silence: MISTYPED,
        open: 0,
        staying: [],
        isCut: false,
        hint: "No alert so far had a label `namspace`. Did you mean `namespace=shop`?",
      }),
      60_000,
    ),
    oomph(silenceSetNote({ silence: EVERY_REDIS, open: 2, staying: [], isCut: true }), 120_000),
    oomph(broadNote({ silence: EVERY_REDIS }), 121_000),
    oomph(DIGEST, 180_000),
  ],
  unattended: [
    oomph(callNote({ ...CALLED, group: "S0ONCALL" }), 600_000),
    oomph(spreadNote({ incident: { ...ALERTED, stormId: "stm_7k2m9q4t" }, forMs: 1_800_000, permalink: "https://example.slack.com/archives/C0ALERTS/p1" }), 1_800_000),
    oomph(directNote({ incident: ALERTED, forMs: 1_860_000 }), 1_860_000),
    oomph(attendedNote({ incident: ALERTED, by }), 1_900_000),
  ],
};
