import { describe, expect, it } from "vitest";
import type { Incident } from "../../src/domain/incident.ts";
import type { Message } from "../../src/domain/message.ts";
import type { Silence } from "../../src/domain/silence.ts";
import type { Stray } from "../../src/domain/stray.ts";
import type { Target } from "../../src/domain/target.ts";
import { joinedNote, reopenedNote } from "../../src/messages/joined-note.ts";
import { quietChoice, quietOffer } from "../../src/messages/quiet-offer.ts";
import { broadNote, callNote, silencedNote, spreadNote } from "../../src/messages/quiet-notes.ts";
import { silenceSetNote } from "../../src/messages/silence-answers.ts";
import { resolvedNote } from "../../src/messages/resolved-note.ts";
import { rootMessage } from "../../src/messages/root.ts";
import { silenceList } from "../../src/messages/silence-list.ts";
import { stormOver, stormPages, stormRoot } from "../../src/messages/storm.ts";
import { strayPages, strayQuestion, strayRoot } from "../../src/messages/strays.ts";
import { targetPicker } from "../../src/messages/target-picker.ts";
import { worseNote } from "../../src/messages/worse-note.ts";

// What an alert names itself, its pod or its label.
const HOSTILE = "<!channel> <!subteam^S0AB12> <@U0AB12> <https://evil.example|ok> \u202e\u200b`x` *b* ../..";
const names = [HOSTILE, `${HOSTILE}${"n".repeat(256)}`, "<!here>".repeat(150)];

describe.each(names)("what an alert is called, %#", (name) => {
  const targets: readonly Target[] = [
    { kind: "docker", connection: "local", name },
    { kind: "workload", connection: "local", resource: "deploy", namespace: name, name, pod: name, container: name },
    { kind: "node", connection: name, name },
  ];
  const actor = { kind: "alert", source: "grafana" } as const;
  const trait = { kind: "node", value: name } as const;
  const storm = { id: "stm_1", trait, state: "active", channel: "C0AB12", beganAtMs: 1, lastMemberAtMs: 1 } as const;

  it.each(targets)("pings, links and hides nothing in our own messages about a $kind", (target) => {
    const incident: Incident = {
      id: "inc_1",
      fingerprint: "f",
      target,
      problem: "container-memory",
      state: "open",
      channel: "C0AB12",
      openedBy: actor,
      openedAtMs: 1,
      lastSeenAtMs: 2,
      timesSeen: 3,
      severity: "critical",
    };
    const member = { incidentId: "inc_1", stormId: "stm_1", runbookId: "r", target, problem: "container-memory", headline: name } as const;
    const told = { ...member, state: "open", look: "waiting", isOut: false, timesSeen: 2, openedAtMs: 1 } as const;
    const silence: Silence = {
      id: "sil_1",
      what: { kind: "target", pattern: name },
      by: "U0ZZ99",
      atMs: 1,
      kills: true,
      reason: name,
    };
    const reports = [{ source: name, count: 2 }];
    const facts = { storm, members: [told] };
    const unknown: Stray = {
      id: "str_1",
      channel: "C0ALERTS",
      roundMs: 0,
      source: "alertmanager",
      class: "redis_memory",
      severity: null,
      name,
      says: name,
      because: name,
      count: 2,
      lastAtMs: 1,
    };
    const all = [
      quietOffer({ target, says: name, class: "back_off" }),
      quietChoice({ targets: [target], says: name, class: "memory_high" }),
      joinedNote({ incident, actor, reports }),
      reopenedNote({ incident, actor }),
      worseNote({ incident, actor, from: "warning", to: "critical" }),
      resolvedNote({ incident, actor, says: name, done: { reports, acts: [] } }),
      rootMessage({ incident, says: name }),
      targetPicker({ says: name, targets: [target] }),
      spreadNote({ incident, forMs: 1 }),
      callNote({ incident, forMs: 1, group: name }),
      silencedNote({ silence }),
      broadNote({ silence }),
      silenceList({ silences: [silence], counts: [], maintenance: [] }),
      silenceSetNote({
        silence,
        open: 1,
        staying: [{ silence, of: "all" }],
        isCut: true,
        hint: `No alert so far had a label \`${name}\`.`,
      }),
      stormRoot(facts),
      ...stormPages(facts),
      strayQuestion(unknown, [target]),
      strayRoot({ together: [unknown] }),
      ...strayPages({ listed: Array.from({ length: 13 }, () => unknown) }),
      stormOver(facts),
    ];
    expect(harm({ text: "", blocks: [{ type: "section", text: { type: "mrkdwn", text: name } }] })).not.toEqual([]);
    for (const message of all) expect(harm(message)).toEqual([]);
  });
});

/** What Slack would act on, in all texts that it formats. */
function harm({ text, blocks }: Message): readonly string[] {
  const found = JSON.stringify(blocks).matchAll(/"mrkdwn","text":("(?:[^"\\]|\\.)*")/g);
  const formatted = [text, ...Array.from(found, ([, one = '""']) => String(JSON.parse(one)))];
  return formatted.flatMap((one) => one.match(/<!(?:channel|here|subteam)|<@U0AB12|<https:|[\u202e\u200b]/g) ?? []);
}
