import { describe, expect, it } from "vitest";
import { REQUEST, RUN } from "../../scripts/docs/example-facts.ts";
import type { ActionRequest } from "../../src/domain/action-request.ts";
import { outcomeReply } from "../../src/messages/outcome-reply.ts";
import { pressable, seen } from "../support/seen.ts";

const title = "Flush database";
const ended = (state: ActionRequest["state"], outcome: string): ActionRequest => ({
  ...REQUEST,
  state,
  endedAtMs: REQUEST.createdAtMs + 1000,
  outcome,
});
const text = (facts: Parameters<typeof outcomeReply>[0]) => seen(outcomeReply(facts)).join("\n");

describe("an outcome", () => {
  it("shows before and after, and mentions who asked", () => {
    const lines = text({ title, request: ended("succeeded", "helped"), run: RUN });
    expect(lines).toContain("✅ *Done, and it helped: Flush database* · <@U0RESPONDER>");
    expect(lines).toContain("*Before → after*\n✅ Used memory: `256.0 MiB` → `24.6 MiB`");
  });

  it("does not call helpful what only looked", () => {
    const request = { ...ended("succeeded", "5.0 MiB"), plan: { ...REQUEST.plan, risk: "none" as const } };
    const lines = text({ title: "Take heap profile", request, run: RUN });
    expect(lines).toContain("✅ *Done: Take heap profile* · <@U0RESPONDER>");
    expect(lines).toContain("• Used memory: `256.0 MiB` → `24.6 MiB`");
    expect(lines).not.toMatch(/helped/);
  });

  it("says plainly that it did not help, and offers the way back", () => {
    const run = {
      ...RUN,
      verification: {
        helped: false,
        says: "Writes are still refused.",
        rows: [{ what: "Write probe", before: "refused", after: "refused", ok: false }],
      },
    };
    const facts = {
      title,
      request: ended("ineffective", "no"),
      run,
      wayBack: { id: "off_9", title: "Set eviction policy", why: "Sets noeviction again." },
    };
    expect(text(facts)).toContain("*It did not help.*");
    expect(text(facts)).toContain("⚠️ Write probe: `refused` → `refused`");
    expect(pressable(outcomeReply(facts))).toEqual([{ label: "Roll back", actionId: "offer_ask", value: "off_9" }]);
    expect(outcomeReply(facts).text).toBe("Done, but it did not help: Flush database. Writes are still refused.");
  });

  it("sends a human to look when nobody knows", () => {
    expect(text({ title, request: ended("unknown", "the server was restarted") })).toContain(
      "*Look at the target before anybody asks again.*",
    );
  });

  it.each(["denied", "expired", "cancelled", "failed", "superseded"] as const)("says of a %s request that nothing was changed", (state) => {
    expect(text({ title, request: ended(state, "because") })).toContain("Nothing has been changed.");
  });

  it("does not say so of a failure after the act had begun", () => {
    expect(
      text({ title, request: ended("failed", "half of it"), run: { id: "run_1", requestId: REQUEST.id, begunAtMs: 1 } }),
    ).not.toContain("Nothing has been changed");
  });

  it("tells warnings that came up after the approval; other figures alone are none", () => {
    const warnings = ["The quota has 20.0 MiB left."];
    const request = { ...ended("succeeded", "helped"), plan: { ...REQUEST.plan, warnings } };
    const run = { ...RUN, plan: { ...REQUEST.plan, warnings: ["The quota has 1.5 GiB left.", "Argo CD looks after it."] } };
    const lines = text({ title, request, run });
    expect(lines).toContain("⚠️ *Not so yet when it was put to approval*: Argo CD looks after it.");
    expect(lines).not.toContain("quota");
  });

  it("names the plan that took its place", () => {
    expect(text({ title, request: ended("superseded", "the target changed"), replacementSummary: "Flush 7 keys" })).toContain(
      "stands below for approval: Flush 7 keys",
    );
  });

  it("says how it comes to last, and offers what now makes sense", () => {
    const further = [{ id: "off_3", title: "Propose lasting fix", why: "compose.yml does not say it yet." }];
    const facts = {
      title,
      request: ended("succeeded", "steady"),
      lasting: ["For the change to last, compose.yml has to say it too."],
      further,
    };
    expect(text(facts)).toContain("For the change to last, compose.yml has to say it too.");
    expect(pressable(outcomeReply(facts))).toEqual([{ label: "Propose lasting fix", actionId: "offer_ask", value: "off_3" }]);
  });
});
