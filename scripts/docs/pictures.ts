import type { Message } from "../../src/domain/message.ts";
import { approvalList } from "../../src/messages/approval-list.ts";
import { decisionReply } from "../../src/messages/decision-reply.ts";
import { helpMenu } from "../../src/messages/help-menu.ts";
import { incidentList } from "../../src/messages/incident-list.ts";
import { incidentTimeline } from "../../src/messages/incident-timeline.ts";
import { outcomeReply } from "../../src/messages/outcome-reply.ts";
import { progressMessage } from "../../src/messages/progress.ts";
import { refusal } from "../../src/messages/refusal.ts";
import { reportMessage } from "../../src/messages/report.ts";
import { requestCard } from "../../src/messages/request-card.ts";
import { resolvedNote } from "../../src/messages/resolved-note.ts";
import { rootMessage } from "../../src/messages/root.ts";
import { whoami } from "../../src/messages/whoami.ts";
import { ACTIONS, ALERTED, AT_MS, DECISION, DIAGNOSIS, OFFERS, REQUEST, RUN, STEPS, TARGET } from "./example-facts.ts";
import type { PageMessage } from "./thread-page.ts";

const TITLE = "Flush database";
const FAILURES = [{ step: "redis.config", code: "no-rights", because: "expected the right to call CONFIG GET, got NOPERM: grant +config|get to the ACL user oomph", tookMs: 2 }] as const;
const DONE = { ...REQUEST, state: "succeeded", endedAtMs: AT_MS + 99_000, outcome: RUN.verification?.says ?? "" } as const;
const BAD_RUN = {
  ...RUN,
  verification: {
    helped: false,
    says: "Writes are still refused: 231.0 MiB are buffers of clients, which no eviction frees.",
    rows: [
      { what: "Eviction policy", before: "noeviction", after: "allkeys-lru", ok: true },
      { what: "Used memory", before: "256.0 MiB", after: "255.8 MiB", ok: false },
      { what: "Write probe", before: "refused", after: "refused", ok: false },
    ],
  },
} as const;
const ABILITIES = { investigate: true, request: true, approve: false, admin: false };
const WAY_BACK = { id: "off_9", title: "Set eviction policy", why: "Sets noeviction again, as it was before.", risk: "change" } as const;

function oomph(message: Message, afterMs: number): PageMessage {
  return { author: "Oomph", atMs: AT_MS + afterMs, message };
}

function answer(message: Message): PageMessage {
  return { ...oomph(message, 0), isAlone: true };
}

const ALERT: PageMessage = { author: "Alertmanager", atMs: AT_MS - 400, message: { text: "*[FIRING:1] RedisOutOfConfiguredMaxmemory* (sessions critical)\nGateway answers 503: `OOM command not allowed when used memory &gt; 'maxmemory'`" } };
const ROOT = oomph(rootMessage({ incident: ALERTED, says: DIAGNOSIS.finding.headline }), 0);
const REPORT = oomph(reportMessage({ target: TARGET, diagnosis: DIAGNOSIS, failures: FAILURES, offers: OFFERS, tookMs: 1240 }), 1300);
const CARD = oomph(requestCard({ title: TITLE, request: REQUEST, decisions: [] }), 60_000);
const OUTCOME = oomph(outcomeReply({ title: TITLE, request: DONE, run: RUN }), 99_500);

/** Name of the file → the messages in it. */
export const PICTURES: Readonly<Record<string, readonly PageMessage[]>> = {
  progress: [ROOT, oomph(progressMessage({ target: TARGET, steps: STEPS }), 400)],
  report: [REPORT],
  "request-card": [CARD],
  "request-decided": [oomph(requestCard({ title: TITLE, request: DONE, decisions: [DECISION], run: RUN }), 99_000)],
  outcome: [OUTCOME],
  "outcome-did-not-help": [oomph(outcomeReply({ title: "Set eviction policy", request: { ...DONE, state: "ineffective" }, run: BAD_RUN, wayBack: WAY_BACK }), 99_500)],
  thread: [
    ALERT,
    REPORT,
    CARD,
    oomph(decisionReply({ title: TITLE, request: { ...REQUEST, state: "approved" }, decision: DECISION, decisions: [DECISION] }), 95_000),
    OUTCOME,
    oomph(resolvedNote({ incident: { ...ALERTED, state: "resolved", resolvedAtMs: AT_MS + 99_000 }, actor: { kind: "oomph" }, says: "Flush database helped.", done: { reports: [{ source: "alertmanager", count: ALERTED.timesSeen }], acts: [{ title: TITLE, state: "succeeded", atMs: REQUEST.createdAtMs, requestedBy: REQUEST.requestedBy, approvedBy: [DECISION.userId] }] } }), 99_600),
  ],
  help: [oomph(helpMenu({ abilities: ABILITIES, targets: [TARGET], actionIds: ACTIONS.map((action) => action.id) }), 0)],
  lists: [
    answer(incidentList({ incidents: [ALERTED, { ...ALERTED, id: "inc_9p3d7w1c", state: "open", openedBy: { kind: "user", id: "U0RESPONDER" }, timesSeen: 1, severity: "warning", target: { kind: "redis", name: "cache" } }], which: "open" })),
    answer(approvalList({ waiting: [{ request: REQUEST, title: TITLE, decisions: [] }] })),
    answer(whoami({ userId: "U0RESPONDER", groupIds: [], abilities: ABILITIES, policies: [{ rule: { ...REQUEST.policy, actions: ["redis.*"], targets: ["redis/*"], requesters: "everyone", expiresAfterMs: 1_800_000 }, mayAsk: true, mayApprove: false }] })),
    answer(refusal({ because: 'there is no target "sesions"', todo: "Did you mean `redis/sessions`?" })),
  ],
  show: [
    oomph(
      incidentTimeline({
        incident: ALERTED,
        finding: DIAGNOSIS.finding,
        requests: [REQUEST],
        permalink: "https://example.slack.com/archives/C0ALERTS/p1",
        events: [
          { incidentId: ALERTED.id, atMs: AT_MS, actor: { kind: "alert", source: "alertmanager" }, says: "Opened" },
          { incidentId: ALERTED.id, atMs: AT_MS + 60_000, actor: { kind: "user", id: "U0RESPONDER" }, says: "Asked for redis.flush-db: Flush database 2 of redis/sessions: 412,345 keys go, all of them, at once" },
        ],
      }),
      0,
    ),
  ],
};
