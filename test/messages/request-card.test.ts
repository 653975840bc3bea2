import { describe, expect, it } from "vitest";
import { DECISION, REQUEST, RUN } from "../../scripts/docs/example-facts.ts";
import type { RequestState } from "../../src/domain/action-request.ts";
import { approveModal } from "../../src/messages/approve-modal.ts";
import { breakGlassModal } from "../../src/messages/break-glass-modal.ts";
import { denyModal } from "../../src/messages/deny-modal.ts";
import { requestCard, STATE_WORDS } from "../../src/messages/request-card.ts";
import { pressable, seen } from "../support/seen.ts";

const title = "Flush database";
const states = Object.keys(STATE_WORDS) as RequestState[];

describe("a request's card", () => {
  it("shows the exact plan, who may approve, how many, and until when", () => {
    const text = seen(requestCard({ title, request: REQUEST, decisions: [] })).join("\n");
    for (const change of REQUEST.plan.changes) expect(text).toContain(change.before);
    for (const warning of REQUEST.plan.warnings) expect(text).toContain(warning);
    expect(text).toContain("*Way back*: None");
    expect(text).toContain("*Needs 1 approval* from <@U0APPROVER> or <!subteam^S0ONCALL>; nobody approves their own request.");
    expect(text).toContain(`Expires <!date^${REQUEST.expiresAtMs / 1000}^`);
    expect(text).toContain("Whoever approves types `sessions 2` to confirm.");
  });

  it("says why it was asked for, and where, when that was a command line; neither can steer what is shown", () => {
    const shell = { login: "deploy", host: "web-1" };
    const text = seen(requestCard({ title, request: { ...REQUEST, reason: "<!channel> *now*", shell }, decisions: [] })).join("\n");
    expect(text).toContain("*Why*: “&lt;!channel&gt; `*now*`”");
    expect(text).toMatch(/Asked for by <@U0\w+> on the command line \(`deploy` on `web-1`\) <!date/);
    expect(seen(requestCard({ title, request: REQUEST, decisions: [] })).join("\n")).not.toMatch(/command line|Why/);
  });

  it("opens a dialog to approve where words must be typed, and carries nothing but the request's id", () => {
    const buttons = pressable(requestCard({ title, request: REQUEST, decisions: [] }));
    expect(buttons.map(({ label, actionId }) => [label, actionId])).toEqual([
      ["Approve …", "modal_approve"],
      ["Deny …", "modal_deny"],
      ["Break glass …", "modal_break_glass"],
      ["Cancel", "request_cancel"],
    ]);
    expect(new Set(buttons.map(({ value }) => value))).toEqual(new Set([REQUEST.id]));
  });

  it("approves by a click where nothing is to be typed, and offers break-glass only where the policy allows it", () => {
    const { confirm: _typed, ...plan } = REQUEST.plan;
    const request = { ...REQUEST, plan, policy: { ...REQUEST.policy, breakGlass: false } };
    expect(pressable(requestCard({ title, request, decisions: [] })).map(({ actionId }) => actionId)).toEqual([
      "request_approve",
      "modal_deny",
      "request_cancel",
    ]);
  });

  it("has buttons in no other state than pending, and says who decided and when", () => {
    for (const state of states) {
      const card = requestCard({ title, request: { ...REQUEST, state }, decisions: [DECISION], run: RUN });
      expect(pressable(card).length > 0).toBe(state === "pending");
      expect(seen(card).join("\n")).toContain("👍 Approved by <@U0APPROVER> <!date^");
      expect(card.text.startsWith(`${STATE_WORDS[state].title}: Flush database.`)).toBe(true);
    }
  });

  it("says how far a long act has come, after its beginning", () => {
    const card = requestCard({
      title,
      request: { ...REQUEST, state: "executing" },
      decisions: [DECISION],
      run: RUN,
      says: "12,000 of about 50,000 keys done",
    });
    expect(seen(card).join("\n")).toMatch(/🔧 Begun .*\n⏳ 12,000 of about 50,000 keys done/);
  });

  it("says when nobody may approve", () => {
    const request = { ...REQUEST, policy: { ...REQUEST.policy, approvers: [] } };
    expect(seen(requestCard({ title, request, decisions: [] })).join("\n")).toContain("from nobody: the policy names no approver");
  });
});

describe("the dialogs", () => {
  it("carry the request's id and ask for the words", () => {
    const dialogs = [
      approveModal({ title, request: REQUEST }),
      denyModal({ title, request: REQUEST }),
      breakGlassModal({ title, request: REQUEST }),
    ];
    expect(dialogs.map((dialog) => [dialog.callback_id, dialog.private_metadata])).toEqual([
      ["modal_approve", REQUEST.id],
      ["modal_deny", REQUEST.id],
      ["modal_break_glass", REQUEST.id],
    ]);
    const inputs = dialogs.map((dialog) => dialog.blocks.flatMap((block) => (block.type === "input" ? [block.block_id] : [])));
    expect(inputs).toEqual([["typed"], ["reason"], ["reason", "typed"]]);
    for (const dialog of dialogs) expect(dialog.title.text.length).toBeLessThanOrEqual(24);
  });
});
