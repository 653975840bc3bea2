import { describe, expect, it } from "vitest";
import { ACTIONS, AT_MS, DIAGNOSIS, INCIDENT, REQUEST } from "../../scripts/docs/example-facts.ts";
import { approvalList } from "../../src/messages/approval-list.ts";
import { auditList } from "../../src/messages/audit-list.ts";
import { freezeNotice, neverFrozen } from "../../src/messages/freeze-notice.ts";
import { helpMenu } from "../../src/messages/help-menu.ts";
import { incidentList } from "../../src/messages/incident-list.ts";
import { incidentTimeline } from "../../src/messages/incident-timeline.ts";
import { lockList } from "../../src/messages/lock-list.ts";
import { runbookDetail, runbookList } from "../../src/messages/runbook-list.ts";
import { targetPicker } from "../../src/messages/target-picker.ts";
import { whoami } from "../../src/messages/whoami.ts";
import { pressable, seen } from "../support/seen.ts";

const text = (message: Parameters<typeof seen>[0]) => seen(message).join("\n");
const LEASE = {
  targetKey: "redis/sessions",
  owner: "run_1/proc_2",
  requestId: REQUEST.id,
  incidentId: INCIDENT.id,
  acquiredAtMs: AT_MS,
  expiresAtMs: AT_MS + 30_000,
};
const ENTRY = {
  seq: 7,
  kind: "decision-approved",
  actor: { kind: "user", id: "U0APPROVER" },
  atMs: AT_MS,
  incidentId: INCIDENT.id,
  detail: {},
  previousHash: "0".repeat(64),
  hash: "ab".repeat(32),
} as const;

describe("lists", () => {
  it("say so when there is nothing", () => {
    expect(text(incidentList({ incidents: [], which: "open" }))).toBe("🟢 No incident is open.");
    expect(text(approvalList({ waiting: [] }))).toBe("🟢 Nothing waits for approval.");
    expect(text(lockList({ leases: [], mayUnlock: true }))).toContain("Nothing is locked");
  });

  it("show incidents with a button each, and how many there are beyond a screen", () => {
    const message = incidentList({
      incidents: Array.from({ length: 25 }, (_, index) => ({ ...INCIDENT, id: `inc_${index}` })),
      which: "all",
    });
    expect(pressable(message)).toHaveLength(20);
    expect(pressable(message)[0]).toEqual({ label: "Show", actionId: "incident_show", value: "inc_0" });
    expect(text(message)).toContain("… and 5 older ones.");
  });

  it("let nobody approve without having seen the plan", () => {
    const message = approvalList({ waiting: [{ request: REQUEST, title: "Flush database", decisions: [] }] });
    expect(pressable(message).map(({ actionId }) => actionId)).toEqual(["request_show", "request_deny"]);
    expect(text(message)).toContain("0 of 1 approval");
  });

  it("show locks, those that have run out included, and the way to release one to admins only", () => {
    const leases = [{ ...LEASE, expired: true }];
    expect(text(lockList({ leases, mayUnlock: true }))).toContain("so the next act may take it");
    expect(text(lockList({ leases, mayUnlock: true }))).toContain("/oom unlock");
    expect(text(lockList({ leases, mayUnlock: false }))).not.toContain("/oom unlock");
  });

  it("show the audit with the word of its hash chain", () => {
    expect(text(auditList({ entries: [ENTRY], verification: { kind: "intact", entries: 7, head: "cd".repeat(32) } }))).toContain(
      "✅ The hash chain is whole: 7 entries checked.\n`7` <!date^",
    );
    expect(auditList({ entries: [ENTRY], verification: { kind: "broken", atSeq: 3, because: "its hash differs" } }).text).toContain(
      "broken at entry 3: its hash differs. Somebody changed the records.",
    );
  });

  it("show what can be looked at and done", () => {
    const runbook = { id: "redis-memory", title: "Redis memory", targetKind: "redis", steps: ["Memory and policy", "Write probe"] };
    expect(text(runbookList({ runbooks: [runbook], actions: ACTIONS }))).toContain(
      "• `redis.expire-keys`: Give keys a TTL, changes a setting\n      `--ttl` such as 1h",
    );
    const ofAlerts = { ...runbook, id: "metrics-auth", classes: ["metrics_auth"] };
    expect(text(runbookList({ runbooks: [ofAlerts], actions: [] }))).toContain("begun by alerts of `metrics_auth`");
    expect(text(runbookDetail({ runbook, actions: ACTIONS }))).toContain("1. Memory and policy\n2. Write probe");
  });
});

describe("a timeline", () => {
  it("tells verdict, requests and what happened, and can be closed while open", () => {
    const events = Array.from({ length: 45 }, (_, index) => ({
      incidentId: INCIDENT.id,
      atMs: AT_MS + index,
      actor: { kind: "oomph" } as const,
      says: `line ${index}`,
    }));
    const facts = { incident: INCIDENT, events, requests: [REQUEST], finding: DIAGNOSIS.finding, permalink: "https://lab.slack.com/p1" };
    const lines = text(incidentTimeline(facts));
    expect(lines).toContain("(very sure, 97%)\n<https://lab.slack.com/p1|Go to the thread>");
    expect(lines).toContain("line 44");
    expect(lines).not.toContain("line 4\n");
    expect(lines).toContain(`5 earlier lines left out: \`/oom audit ${INCIDENT.id}\``);
    expect(pressable(incidentTimeline(facts))).toEqual([{ label: "Mark as resolved", actionId: "incident_resolve", value: INCIDENT.id }]);
    expect(pressable(incidentTimeline({ ...facts, incident: { ...INCIDENT, state: "resolved" } }))).toEqual([]);
  });
});

describe("what one may do", () => {
  const all = { investigate: true, request: true, approve: true, admin: true };
  const none = { investigate: false, request: false, approve: false, admin: false };

  it("is all that the menu shows", () => {
    const targets = [INCIDENT.target];
    expect(text(helpMenu({ abilities: all, targets, actionIds: ["redis.flush-db"] }))).toContain("/oom run redis.flush-db redis/sessions");
    const little = helpMenu({ abilities: none, targets, actionIds: [] });
    expect(pressable(little).map(({ actionId }) => actionId)).toEqual(["menu_runbooks", "menu_whoami"]);
    expect(text(little)).not.toContain("/oom approvals");
  });

  it("is said with the policies", () => {
    const rule = {
      ...REQUEST.policy,
      actions: ["redis.*"],
      targets: ["redis/*"],
      requesters: "everyone",
      expiresAfterMs: 900_000,
    } as const;
    const message = whoami({
      userId: "U0X",
      groupIds: ["S0ONCALL"],
      abilities: { ...none, investigate: true },
      policies: [{ rule, mayAsk: false, mayApprove: false }],
    });
    expect(text(message)).toContain("You are <@U0X>, in <!subteam^S0ONCALL>.\n✅ investigate and look\n🚫 ask for actions");
    expect(text(message)).toContain(
      "• `redis`: `redis.*` on `redis/*`: 1 approval, within 15 min, break-glass allowed; you may not ask, you may not approve",
    );
    expect(message.text).toBe("You may: investigate");
    expect(whoami({ userId: "U0X", groupIds: [], abilities: none, policies: [] }).text).toBe("You may: nothing yet");
  });

  it("ends where it is frozen", () => {
    expect(text(freezeNotice({ on: true, by: "U0ADMIN", atMs: AT_MS, reason: "<!channel> racks" }))).toContain(
      "Reason: “&lt;!channel&gt; racks”",
    );
    expect(text(freezeNotice({ on: false, by: "U0ADMIN", atMs: AT_MS }))).toContain("*The freeze is off*");
    expect(text(neverFrozen())).toContain("Not frozen");
  });
});

it("a picker offers names that are looked up again", () => {
  const message = targetPicker({ says: "Which?", targets: [INCIDENT.target, { kind: "redis", name: "cart" }] });
  expect(pressable(message)).toEqual([
    { label: "redis/sessions", actionId: "target_pick", value: "redis/sessions" },
    { label: "redis/cart", actionId: "target_pick", value: "redis/cart" },
  ]);
  expect(message.text).toBe("Which? redis/sessions or redis/cart?");
});
