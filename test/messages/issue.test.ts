import { describe, expect, it } from "vitest";
import { AT_MS, INCIDENT } from "../../scripts/docs/example-facts.ts";
import type { Escalation } from "../../src/domain/escalation.ts";
import type { Diagnosis } from "../../src/domain/finding.ts";
import { escalatedNote, notEscalatedNote } from "../../src/messages/escalation-note.ts";
import { issueComment, issueText } from "../../src/messages/issue.ts";
import { mailText } from "../../src/messages/mail.ts";
import { markdown, markdownCode, utc } from "../../src/messages/markdown.ts";
import { seen } from "../support/seen.ts";

const raised = (change: Partial<Escalation> = {}): Escalation => ({
  id: "esc_1",
  incidentId: INCIDENT.id,
  kind: "github-issue",
  key: "critical",
  event: "critical",
  says: "86% of 4.0 GiB used",
  raisedAtMs: AT_MS,
  lastRaisedAtMs: AT_MS,
  times: 1,
  sentTimes: 0,
  state: "due",
  dueSinceMs: AT_MS,
  attempts: 0,
  nextAttemptAtMs: AT_MS,
  reached: [],
  ...change,
});
const over = raised({ key: "resolved", event: "resolved", says: "back at 41%", raisedAtMs: AT_MS + 3_600_000 });
const finding = { verdict: "over-spawn", headline: "37 workers need 7.2 GiB", confidence: 0.97, for: [], against: [], advice: [] };
const diagnosis: Diagnosis = {
  finding,
  hypotheses: [],
  summary: [{ label: "Workers", value: "37 on 32 cores" }],
  suspects: undefined,
  furtherSteps: ["set worker_processes to 8"],
};
const THREAD = "https://lab.slack.com/archives/C0ALERTS/p1";
const text = (message: Parameters<typeof seen>[0]) => seen(message).join("\n");

describe("Markdown", () => {
  it("pings nobody, links nothing and formats nothing of what came from outside", () => {
    expect(markdown("@everyone @org/team a@b.c")).toBe("@&#8203;everyone @&#8203;org/team a@&#8203;b.c");
    expect(markdown("see #12, GH-3 and acme/ops#4, not # 5")).toBe("see #&#8203;12, GH-&#8203;3 and acme/ops#&#8203;4, not # 5");
    expect(markdown("https://a.example www.b.example")).toBe("https:&#8203;//a.example www&#8203;.b.example");
    expect(markdown("<!-- oomph:x --> <b> &lt;")).toBe("&lt;!-- oomph:x --&gt; &lt;b&gt; &amp;lt;");
    expect(markdown("`a` *b* _c_ ~d~ [e](f) |g| $h$ \\i")).toBe("\\`a\\` \\*b\\* \\_c\\_ \\~d\\~ \\[e\\](f) \\|g\\| \\$h\\$ \\\\i");
    expect(markdown("one\n# two\n- three")).toBe("one # two - three");
    expect(markdown("a\u202eb")).toBe("a\\\\u202eb");
  });

  it("keeps names in backticks, whatever is in them", () => {
    expect(markdownCode("a`@everyone`<!-- x")).toBe("`aˋ@everyoneˋ<!-- x`");
    expect(markdownCode("")).toBe("` `");
    expect(utc(AT_MS)).toBe("2026-05-12 03:04:10 UTC");
  });
});

describe("an issue", () => {
  it("says what happens now, what happened, why, and where the thread is", () => {
    const { title, body } = issueText({
      incident: INCIDENT,
      raised: [raised({ times: 3 }), over],
      diagnosis,
      lookedAtMs: AT_MS,
      threadUrl: THREAD,
    });
    expect(title).toBe("redis/sessions: memory above the critical threshold");
    expect(body.split("\n").filter((line) => line !== "")).toEqual([
      "**✅ Over: `redis/sessions`**",
      "back at 41%",
      "### What happened",
      "- 2026-05-12 03:04:10 UTC: **Memory above the critical threshold** (3 times, last 2026-05-12 03:04:10 UTC): 86% of 4.0 GiB used",
      "- 2026-05-12 04:04:10 UTC: **Over**: back at 41%",
      "### Verdict (very sure, 97%)",
      "37 workers need 7.2 GiB",
      "As it was at 2026-05-12 03:04:10 UTC:",
      "- Workers: 37 on 32 cores",
      "To do:",
      "- set worker\\_processes to 8",
      `[The thread in Slack](${THREAD}) · incident \`${INCIDENT.id}\``,
      "<sub>Oomph rewrites this text while the problem lasts and closes the issue when it ends: write in comments.</sub>",
    ]);
    expect(issueComment(over)).toBe("**Over** (2026-05-12 04:04:10 UTC): back at 41% Oomph closes this issue.");
  });
});

describe("a mail", () => {
  it("says the same plain and as HTML", () => {
    const nasty = raised({ says: 'kong <script>alert("x")</script> & more' });
    const facts = {
      incident: INCIDENT,
      raised: [nasty],
      diagnosis,
      lookedAtMs: AT_MS,
      threadUrl: THREAD,
      issueUrl: "https://example.com/9?a=1&b=2",
      lateMs: 720_000,
    };
    const mail = mailText(facts);
    expect(mail.subject).toBe("[Oomph] Memory above the critical threshold: redis/sessions");
    expect(mail.text).toBe(
      [
        "Memory above the critical threshold: redis/sessions",
        nasty.says,
        "When: 2026-05-12 03:04:10 UTC",
        "Late: this mail could not be sent for 12 min",
        "",
        "Verdict (very sure, 97%): 37 workers need 7.2 GiB",
        "As it was at: 2026-05-12 03:04:10 UTC",
        "Workers: 37 on 32 cores",
        "",
        `Thread in Slack: ${THREAD}`,
        "Issue: https://example.com/9?a=1&b=2",
        `Incident: ${INCIDENT.id}`,
        "",
      ].join("\n"),
    );
    expect(mail.html).toContain("kong &lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; more");
    expect(mail.html).toContain('<a href="https://example.com/9?a=1&amp;b=2">');
    expect(mail.html).not.toContain("<script>");
  });
});

describe("the thread", () => {
  const sent = { state: "sent", sentAtMs: AT_MS, sentTimes: 1, externalId: "9", externalUrl: "https://example.com/9" } as const;

  it("links the issue and says what became of it", () => {
    const note = (...escalations: Escalation[]) => escalatedNote({ escalations, repository: "acme/ops" });
    expect(text(note(raised(sent)))).toMatch(
      /^📤 \*Issue <https:\/\/example\.com\/9\|acme\/ops#9>\* opened <!date.*: memory above the critical/,
    );
    expect(text(note(raised({ ...sent, sentTimes: 2 })))).toContain("updated");
    expect(text(note(raised(sent), { ...over, ...sent }))).toMatch(/\* closed .*: over$/);
    expect(note(raised(sent)).text).toBe("Issue #9 opened");
    expect(text(note(raised()))).toBe("");
  });

  it("names each mail with its recipients and Message-ID", () => {
    const mail = { ...sent, kind: "mail", reached: ["a@example.com", "b@example.com"], externalId: "<x@example.com>" } as const;
    const said = text(escalatedNote({ escalations: [raised(mail), raised({ ...over, kind: "mail" })], repository: "", lateMs: 720_000 }));
    expect(said).toMatch(/^📧 \*Mail\* to `a@example\.com` and `b@example\.com` <!date.*Message-ID `&lt;x@example\.com&gt;`/);
    expect(said).toMatch(/\nIt went through after 12 min\.$/);
  });

  it("says why something has not gone through, and what happens next", () => {
    const facts = { escalation: raised({ attempts: 4 }), because: "GitHub answered 401: put in a token.", atMs: AT_MS + 600_000 };
    const next = { nextAttemptAtMs: AT_MS + 3_600_000 };
    expect(text(notEscalatedNote({ ...facts, ...next, why: "late" }))).toMatch(
      /^⏳ \*The GitHub issue is late\* \(memory above the critical threshold\): not accepted after 10 min and 5 attempts\.\nGitHub answered 401: put in a token\. I try again <!date/,
    );
    expect(text(notEscalatedNote({ ...facts, ...next, why: "refused" }))).toMatch(
      /⛔ \*The GitHub issue was refused\*.*\n.*I keep trying for a day/,
    );
    const mail = raised({ kind: "mail", reached: ["a@example.com"] });
    expect(text(notEscalatedNote({ ...facts, escalation: mail, why: "given-up" }))).toMatch(
      /❌ \*The mail was given up\*.*Tell them yourself\.\n.*It has reached `a@example\.com`\./,
    );
  });
});
