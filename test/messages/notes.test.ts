import { describe, expect, it } from "vitest";
import { AT_MS, DECISION, INCIDENT, REQUEST, TARGET } from "../../scripts/docs/example-facts.ts";
import { askedNote } from "../../src/messages/asked-note.ts";
import { breakGlassNotice } from "../../src/messages/break-glass-notice.ts";
import { decisionReply } from "../../src/messages/decision-reply.ts";
import { joinedNote, reopenedNote } from "../../src/messages/joined-note.ts";
import { leaseReleasedNote } from "../../src/messages/lease-released-note.ts";
import { notDecided, notDecidedText } from "../../src/messages/not-decided.ts";
import { note } from "../../src/messages/note.ts";
import { refusal } from "../../src/messages/refusal.ts";
import { reportFailedMessage } from "../../src/messages/report-failed.ts";
import { relatedNote } from "../../src/messages/related-note.ts";
import { worseNote } from "../../src/messages/worse-note.ts";
import { resolvedNote } from "../../src/messages/resolved-note.ts";
import { startedNote } from "../../src/messages/started-note.ts";
import { whoMayRefusal } from "../../src/messages/who-may-refusal.ts";
import { seen } from "../support/seen.ts";

const text = (message: Parameters<typeof seen>[0]) => seen(message).join("\n");
const title = "Flush database";
const LINK = "https://lab.slack.com/archives/C0ALERTS/p1";
const WHEN = `<!date^${AT_MS / 1000}^{date_short_pretty} {time_secs}|2026-05-12T03:04:10Z>`;

describe("answers", () => {
  it("say where the thread is, by its address where it is known", () => {
    const facts = { kind: "opened", incident: INCIDENT, looking: true } as const;
    expect(text(startedNote({ ...facts, permalink: LINK }))).toBe(
      `🔎 Looking at \`redis/sessions\` · \`${INCIDENT.id}\`\n<${LINK}|Go to the thread>`,
    );
    expect(text(startedNote(facts))).toContain("The thread is in <#C0ALERTS>.");
    expect(startedNote({ ...facts, kind: "joined" }).text).toBe("redis/sessions has an open incident already, it is looked at again");
    expect(startedNote({ ...facts, kind: "joined", looking: false }).text).toBe("redis/sessions has an open incident already");
  });

  it("say what --since comes to: where nothing is kept, or nothing is begun, that it changes nothing", () => {
    const facts = { kind: "opened", incident: INCIDENT, looking: true, backMs: 7_200_000 } as const;
    expect(text(startedNote(facts))).toContain(
      "A Redis keeps no record of its past: it is looked at as it is now, and `--since` changes nothing.",
    );
    const kong = { ...INCIDENT, target: { kind: "docker", connection: "local", name: "kong" } } as const;
    const container = { ...facts, incident: kong };
    expect(text(startedNote(container))).toContain("its memory over time are looked at over the last 2 h");
    expect(text(startedNote({ ...container, looking: false }))).toContain("No look was begun by this, so `--since` changes nothing");
  });

  it("say that asking changes nothing", () => {
    expect(text(askedNote({ incident: INCIDENT, request: REQUEST, permalink: LINK }))).toContain(
      "Nothing is changed before it is approved",
    );
    expect(text(askedNote({ incident: INCIDENT, request: REQUEST }))).toContain("The card is in the incident's thread in <#C0ALERTS>.");
  });

  it("refuse in a whole sentence, with what to do instead", () => {
    expect(text(refusal({ because: "there is no target <!here>", todo: "Did you mean `redis/a`?" }))).toBe(
      "🚫 There is no target &lt;!here&gt;.\nDid you mean `redis/a`?",
    );
    expect(text(note("Done: `redis/a` is free."))).toBe("Done: `redis/a` is free.");
  });

  it("name those who may, or that nobody may", () => {
    const facts = { toDo: "ask for actions", setting: "access.requesters" };
    expect(text(whoMayRefusal({ ...facts, allowed: ["U0A", "S0B"] }))).toContain("These may: <@U0A> and <!subteam^S0B>.");
    expect(text(whoMayRefusal({ ...facts, allowed: [] }))).toContain("Nobody may: `access.requesters` in the configuration is empty.");
  });
});

describe("a decision", () => {
  const request = { ...REQUEST, policy: { ...REQUEST.policy, approvalsNeeded: 2 } };

  it("says how many are still needed", () => {
    expect(text(decisionReply({ title, request, decision: DECISION, decisions: [DECISION] }))).toContain(
      "1 of 2 approvals: 1 more needed.",
    );
    const second = { ...DECISION, userId: "U0SECOND" };
    expect(text(decisionReply({ title, request, decision: second, decisions: [DECISION, second] }))).toContain("carries it out now");
  });

  it("that breaks the glass is plain to the whole channel", () => {
    const decision = { ...DECISION, kind: "break-glass", userId: "U0RESPONDER", reason: "nobody is awake" } as const;
    expect(text(decisionReply({ title, request, decision, decisions: [decision] }))).toContain("No second person has agreed.");
    const notice = breakGlassNotice({ title, request, decision });
    expect(text(notice)).toContain("🔨 *Glass broken: <@U0RESPONDER> goes ahead alone*");
    expect(notice.text).toContain("without a second person. Flush database 2 of redis/sessions");
  });

  it.each([
    [{ kind: "no-such-request" }, "There is no such request (any more)."],
    [{ kind: "refused", because: "nobody approves their own request" }, "Nobody approves their own request."],
    [
      { kind: "too-late", request: { ...REQUEST, state: "denied" }, decisions: [{ ...DECISION, kind: "deny" }] },
      "Too late: denied already.",
    ],
    [{ kind: "expired", request: REQUEST }, "Too late: the request has expired, and that counts as no. Ask again."],
    [
      { kind: "frozen", freeze: { by: "U0ADMIN", atMs: AT_MS, reason: "racks" } },
      "Frozen: nothing is carried out until an admin turns the freeze off.",
    ],
    [{ kind: "confirmation-wrong", expected: "sessions 2" }, "Expected exactly: sessions 2"],
    [{ kind: "already-decided", decision: DECISION }, "You have had your word on this request; one person has one word."],
  ] as const)("that does not count says why: %j", (facts, says) => {
    expect(notDecidedText(facts)).toBe(says);
    expect(text(notDecided(facts))).toContain(`🚫 ${says}`);
  });

  it("that does not count says who was faster, who froze, and what holds the lock", () => {
    expect(text(notDecided({ kind: "too-late", request: REQUEST, decisions: [DECISION] }))).toContain("Approved by <@U0APPROVER>");
    expect(text(notDecided({ kind: "frozen", freeze: { by: "U0ADMIN", atMs: AT_MS, reason: "racks" } }))).toContain(
      `By <@U0ADMIN> ${WHEN}: “racks”`,
    );
    const lease = {
      targetKey: "redis/sessions",
      owner: "run_1/p",
      requestId: "req_2",
      incidentId: INCIDENT.id,
      acquiredAtMs: AT_MS,
      expiresAtMs: AT_MS,
    };
    expect(text(notDecided({ kind: "locked", lease }))).toContain(
      `Something else is being done to redis/sessions: try again when it has ended.\nIncident \`${INCIDENT.id}\``,
    );
  });
});

describe("notes in a thread", () => {
  const actor = { kind: "alert", source: "grafana" } as const;

  it("count reports, say that it is back, and that it is over", () => {
    expect(text(joinedNote({ incident: INCIDENT, actor, reports: [] }))).toBe(
      `Reported 3 times, last by an alert (grafana) ${WHEN}. It stays one incident, \`${INCIDENT.id}\`.`,
    );
    expect(text(reopenedNote({ incident: INCIDENT, actor }))).toContain("🔴 *It is back: `redis/sessions`*");
    const over = { incident: { ...INCIDENT, openedAtMs: AT_MS - 90_000, resolvedAtMs: AT_MS }, actor, says: "The alert resolved" };
    expect(text(resolvedNote({ ...over, done: { reports: [], acts: [] } }))).toBe(
      `✅ *Resolved: \`redis/sessions\`* ${WHEN}, by an alert (grafana)\nThe alert resolved\nIt lasted 1 min 30 s and was reported 3 times. Nothing was changed by Oomph.`,
    );
  });

  it("name by whom reports came, what was done and by whom", () => {
    const reports = [
      { source: "alertmanager", count: 30 },
      { source: "wazuh", count: 7 },
    ];
    const labels = { alertname: ["", "RedisMemoryFull"] };
    expect(text(joinedNote({ incident: { ...INCIDENT, labels }, actor, reports: [] }))).not.toContain(" as ");
    expect(text(joinedNote({ incident: { ...INCIDENT, timesSeen: 37 }, actor, reports }))).toContain(
      "Reported 37 times (30 by alertmanager, 7 by wazuh), last",
    );
    expect(text(joinedNote({ incident: INCIDENT, actor, reports: [{ source: "wazuh", count: INCIDENT.timesSeen }] }))).toContain(
      "Reported 3 times by wazuh, last",
    );
    const acts = [
      { title: "Flush database 2", state: "succeeded", requestedBy: "U0REQ", approvedBy: ["U0ONE", "U0TWO"], atMs: AT_MS },
    ] as const;
    const over = { incident: { ...INCIDENT, resolvedAtMs: INCIDENT.openedAtMs + 600_000 }, actor, says: "It helped" };
    expect(text(resolvedNote({ ...over, done: { reports, acts } }))).toContain(
      "It lasted 10 min and was reported 3 times (30 by alertmanager, 7 by wazuh).\n• Flush database 2: done, and it helped. Asked for by <@U0REQ>, approved by <@U0ONE> and <@U0TWO>, <!date",
    );
    const profile = {
      title: "Take heap profile",
      state: "succeeded",
      looked: true,
      requestedBy: "U0REQ",
      approvedBy: [],
      atMs: AT_MS,
    } as const;
    expect(text(resolvedNote({ ...over, done: { reports: [], acts: [profile] } }))).toContain(
      "Nothing was changed by Oomph.\n• Take heap profile: done. Asked for",
    );
    const pod = { kind: "workload", connection: "local", resource: "deploy", namespace: "shop", name: "web", pod: "web-1" } as const;
    expect(text(resolvedNote({ ...over, incident: { ...over.incident, target: pod }, done: { reports, acts } }))).toContain(
      "*Resolved: `deploy/shop/web`*",
    );
    expect(text(worseNote({ incident: INCIDENT, from: "warning", to: "critical", actor }))).toContain(
      "🔴 *Now critical: `redis/sessions`* (was warning)",
    );
    expect(relatedNote(TARGET, { others: [] })).toBeUndefined();
    const related = relatedNote(TARGET, { earlier: { ...INCIDENT, resolvedAtMs: AT_MS }, others: [{ ...INCIDENT, id: "inc_other" }] });
    expect(related === undefined ? "" : text(related)).toMatch(
      /It was here before: `inc_\w+`, reported 3 times[^]*Open as well: redis memory of the same target, `inc_other`/,
    );
  });

  it("say why there is no verdict, and how to try again", () => {
    const message = reportFailedMessage({ target: TARGET, because: "the Redis does not answer" });
    expect(text(message)).toContain("Nothing has been changed. When this is mended, try again: `/oom investigate redis/sessions`");
    expect(message.text).toBe("No verdict on redis/sessions: the Redis does not answer");
  });

  it("warn when a lock was taken away", () => {
    expect(text(leaseReleasedNote({ by: "U0ADMIN", targetKey: "redis/sessions" }))).toContain(
      "look at the target before you ask for another",
    );
  });
});
