import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Inbound } from "../../src/ports/inbound.ts";
import { ChatRefusal } from "../../src/ports/chat.ts";
import { OomphError } from "../../src/domain/errors.ts";
import { createReceive } from "../../src/commands/receive.ts";
import { ADMIN, APPROVER, CHANNEL, REQUESTER, rulesWith, SHOP, STRANGER } from "../support/desk.ts";
import { startFront, type TestFront } from "../support/front.ts";

const command: Extract<Inbound, { kind: "command" }> = {
  kind: "command",
  id: "13.37:abc",
  userId: REQUESTER,
  channel: CHANNEL,
  text: "help",
  responseUrl: "https://hooks.example/1",
  receivedAtMs: 0,
};

const PRESSED: Omit<Extract<Inbound, { kind: "click" }>, "actionId" | "value" | "userId"> = {
  kind: "click",
  id: "click-1",
  channel: CHANNEL,
  receivedAtMs: 0,
};

describe("what comes in", () => {
  let on: TestFront;

  beforeEach(async () => {
    on = await startFront({ rules: { ...rulesWith(), investigators: [REQUESTER, APPROVER, ADMIN], requesters: [REQUESTER] } });
  });
  afterEach(() => on.test.stop());

  const open = async () => (await on.front.desk.store.incidents.list({ limit: 10 })).map(({ state, rootTs }) => ({ state, rootTs }));

  describe("a command", () => {
    it("investigates, and says where the thread is", async () => {
      const answer = await on.oom("investigate `shop`");
      expect(answer).toContain("🔎 Looking at `redis/shop`");
      expect(answer).toContain(`The thread is in <#${CHANNEL}>.`);
      expect(await open()).toEqual([{ state: "open", rootTs: undefined }]);
      expect(await on.test.jobs("investigate")).toHaveLength(1);
    });

    it("joins the open incident when asked again", async () => {
      await on.oom("investigate shop");
      expect(await on.oom("investigate shop")).toContain("`redis/shop` has an open incident already");
      expect(await open()).toHaveLength(1);
    });

    it("answers a typo with the nearest name, and an unknown command with what to type", async () => {
      expect(await on.oom("investigate shpo")).toContain('🚫 There is no target "shpo".\nDid you mean `redis/shop`?');
      expect(await on.oom("investigat shop")).toContain("Did you mean `/oom investigate shop`?");
      expect(await open()).toEqual([]);
    });

    it("asks which is meant when only a part is typed", async () => {
      const answer = await on.oom("investigate sho");
      expect(answer).toContain("[redis/shop]");
      expect(await open()).toEqual([]);
    });

    it("refuses those who may not, and says who may", async () => {
      expect(await on.oom("investigate shop", STRANGER)).toContain(
        `🚫 You may not investigate and look. These may: <@${REQUESTER}>, <@${APPROVER}> and <@${ADMIN}>.`,
      );
      expect(await on.oom("incidents", STRANGER)).toContain("You may not");
      expect(await on.oom("run pull-lever shop --to on", APPROVER)).toContain("You may not ask for actions. These may");
      expect(await on.oom("freeze on", REQUESTER)).toContain(`These may: <@${ADMIN}>.`);
      expect(await on.oom("unlock shop", REQUESTER)).toContain("You may not freeze or release locks");
      expect(await open()).toEqual([]);
    });

    it("plans an action by its short name and puts it to approval", async () => {
      expect(await on.oom("run pull-lever redis/shop --to on")).toContain("🟡 *Asked for approval*");
      expect(await on.front.desk.store.requests.list({ limit: 5 })).toMatchObject([
        { state: "pending", askedParams: { to: "on" }, requestedBy: REQUESTER },
      ]);
      expect(await on.oom("approvals")).toContain("[Show the plan]");
    });

    it("refuses an unknown action and a part of a target's name", async () => {
      expect(await on.oom("run pul-lever shop")).toContain("Did you mean `test.pull-lever`?");
      expect(await on.oom("run pull-lever sho --to on")).toContain("is not the whole name of a target");
      expect(await on.front.desk.store.requests.list({ limit: 5 })).toEqual([]);
    });

    it("shows what there is", async () => {
      await on.oom("investigate shop");
      const [incident] = await on.front.desk.store.incidents.list({ limit: 1 });
      expect(await on.oom("incidents")).toContain(`${incident?.id}`);
      expect(await on.oom(`show ${incident?.id.slice(4)}`)).toContain("*What happened*");
      expect(await on.oom("show inc_zzz")).toContain('There is no incident "inc_zzz"');
      expect(await on.oom("locks")).toContain("Nothing is locked");
      expect(await on.oom("runbooks")).toContain("`test.pull-lever`: Pull the lever");
      expect(await on.oom("runbooks redis-memory")).toContain("1. Memory and policy");
      expect(await on.oom("audit")).toContain("✅ The hash chain is whole: 1 entry checked.");
      expect(await on.oom("whoami")).toContain("🚫 approve what others ask for");
    });

    it("says of the memory of containers that no Docker host is configured, and how one is", async () => {
      expect(await on.oom("top")).toMatch(/No Docker host is configured, and no cluster\.[^]*docker\.connections/);
    });

    it("turns the kill switch and says how it stands", async () => {
      expect(await on.oom("freeze")).toContain("Not frozen");
      expect(await on.oom("freeze on moving racks", ADMIN)).toContain("Reason: “moving racks”");
      expect(await on.oom("freeze")).toContain(`🧊 *Frozen* by <@${ADMIN}>`);
      expect(await on.oom("freeze off", ADMIN)).toContain("The freeze is off");
    });

    it("shows help with what the caller may do only", async () => {
      expect(await on.oom("", ADMIN)).toContain("/oom freeze");
      expect(await on.oom("help", REQUESTER)).not.toContain("/oom freeze");
      const stranger = await on.oom("help", STRANGER);
      expect(stranger).not.toContain("/oom investigate");
      expect(stranger).toContain("You may not investigate here");
    });

    it("says so when something goes wrong, and does not try behind one's back", async () => {
      await on.front.desk.store.close();
      expect(await on.oom("incidents")).toContain("🚫");
    });

    it("is whispered where the response URL is used up", async () => {
      on.chat.refuseNext("respond", new ChatRefusal("too-late", "used up"));
      await on.receiver.handle(command);
      expect(on.chat.whispers).toMatchObject([{ userId: REQUESTER, place: { channel: CHANNEL } }]);
    });
  });

  describe("a mention", () => {
    const mention = { kind: "mention", id: "e2", userId: REQUESTER, channel: CHANNEL, ts: "5.5", receivedAtMs: 0 } as const;

    it("hangs the incident's thread below itself", async () => {
      await on.receiver.handle({ ...mention, text: "investigate shop" });
      expect(await open()).toEqual([{ state: "open", rootTs: "5.5" }]);
      expect(await on.slot(`mention/${CHANNEL}/5.5`)).toBe("");
    });

    it("is answered in the thread", async () => {
      await on.receiver.handle({ ...mention, threadTs: "4.4", text: "locks" });
      expect(await on.front.desk.store.outbox.bySlot(`mention/${CHANNEL}/5.5`)).toMatchObject({
        thread: { ts: "4.4" },
        onBehalfOf: REQUESTER,
      });
    });
  });

  describe("a click", () => {
    it("asks for what was offered", async () => {
      const incident = await on.test.incident();
      await on.front.desk.store.offers.add([
        { id: "off_1abc", incidentId: incident.id, actionId: "test.pull-lever", target: SHOP, params: { to: "on" }, createdAtMs: 0 },
      ]);
      expect(await on.click({ actionId: "offer_ask", value: "off_1abc" })).toContain("Asked for approval");
      expect(await on.front.desk.store.requests.list({ limit: 5 })).toMatchObject([{ state: "pending" }]);
      expect(await on.click({ actionId: "offer_ask", value: "off_1abc", userId: STRANGER })).toContain("You may not ask for actions");
    });

    it("approves once; the second is told who was faster", async () => {
      const requestId = await on.test.request();
      expect(await on.click({ actionId: "request_approve", value: requestId, userId: APPROVER })).toBe("");
      expect(await on.click({ actionId: "request_approve", value: requestId, userId: APPROVER })).toContain(
        `🚫 Too late: approved already.\nApproved by <@${APPROVER}>`,
      );
      expect(await on.slot(`${requestId}/decision/${APPROVER}`)).toContain("approved *Pull the lever*");
    });

    it("that decides waits for a store that is away, which is said once", async () => {
      const requestId = await on.test.request();
      const { store } = on.front.desk;
      const away = () => Promise.reject(new OomphError("store-unavailable", "locked", { retryable: true }));
      const desk = { ...on.front.desk, store: { ...store, requests: { ...store.requests, get: away } } };
      const receiver = createReceive({ ...on.front, desk });
      const click = { ...PRESSED, actionId: "request_approve", value: requestId, userId: APPROVER };
      for (const tries of [0, 1]) await expect(receiver.handle(click, { tries })).rejects.toThrow("locked");
      expect(on.chat.whispers.map(({ message }) => message.text)).toEqual([expect.stringContaining("Your click is kept")]);
      await receiver.handle({ ...click, actionId: "request_show" }, { tries: 0 });
      expect(on.chat.whispers.at(-1)?.message.text).toContain("Try again");
    });

    it("is refused to the requester, in a whisper", async () => {
      const requestId = await on.test.request();
      expect(await on.click({ actionId: "request_approve", value: requestId })).toContain(
        "🚫 Nobody approves their own request: ask another approver.",
      );
      expect(await on.click({ actionId: "request_cancel", value: requestId })).toBe("");
      expect(await on.slot(`${requestId}/card`)).toContain("🚫 *Cancelled: Pull the lever*");
    });

    it.each([
      ["an id that there is not", "request_approve", "req_00000000000000000000000000"],
      ["an id of another kind", "request_approve", "inc_4k7q2m9x"],
      ["an offer as a request", "request_deny", "off_1abc"],
      ["words", "offer_ask", "approve everything <!channel>"],
      ["10 kB", "request_approve", `req_${"a".repeat(10_000)}`],
      ["nothing", "incident_resolve", ""],
      ["a button that there is not", "constructor", "req_1"],
    ])("with %s leads to nothing", async (_what, actionId, value) => {
      expect(await on.click({ actionId, value, userId: APPROVER })).toContain(
        "🚫 That button leads to nothing (any more), so nothing was done.",
      );
      expect(await on.front.desk.store.requests.list({ limit: 5 })).toEqual([]);
    });

    it("shows the whole plan with its buttons to those who may look", async () => {
      const requestId = await on.test.request();
      expect(await on.click({ actionId: "request_show", value: requestId })).toContain("[Approve]");
      expect(await on.click({ actionId: "request_show", value: requestId, userId: STRANGER })).toContain("You may not");
    });

    it("chooses a target by a name that is looked up again", async () => {
      expect(await on.click({ actionId: "target_pick", value: "redis/shop", threadTs: "7.7" })).toBe("");
      expect(await open()).toEqual([{ state: "open", rootTs: "7.7" }]);
      expect(await on.click({ actionId: "target_pick", value: "redis/<!channel>" })).toContain("There is no target");
    });

    it("marks an incident as resolved", async () => {
      await on.oom("investigate shop");
      const [incident] = await on.front.desk.store.incidents.list({ limit: 1 });
      expect(await on.click({ actionId: "incident_resolve", value: incident?.id ?? "" })).toContain("is resolved. Its thread says so.");
      expect(await open()).toMatchObject([{ state: "resolved" }]);
    });
  });

  describe("a dialog", () => {
    const dialog = {
      kind: "click",
      id: "t3",
      userId: APPROVER,
      channel: CHANNEL,
      actionId: "modal_approve",
      triggerId: "trigger",
      receivedAtMs: 0,
    } as const;
    const submission = { kind: "submission", id: "v1", userId: APPROVER, callbackId: "modal_approve", receivedAtMs: 0 } as const;

    it("opens at once and decides nothing", async () => {
      const requestId = await on.test.request();
      expect(await on.receiver.atOnce({ ...dialog, value: requestId })).toEqual({ kind: "ok" });
      expect(on.chat.modals).toMatchObject([{ triggerId: "trigger", modal: { private_metadata: requestId } }]);
    });

    it("does not open for those whose word would not count", async () => {
      const requestId = await on.test.request();
      expect(await on.receiver.atOnce({ ...dialog, userId: REQUESTER, value: requestId })).toMatchObject({
        kind: "say",
        text: expect.stringContaining("Nobody approves their own request"),
      });
      expect(on.chat.modals).toEqual([]);
    });

    it("takes the typed words only exactly, and keeps the dialog open with what was expected", async () => {
      on.test.lever.set("confirm-me");
      const requestId = await on.test.request();
      const send = (typed: string) => on.receiver.atOnce({ ...submission, privateMetadata: requestId, values: { typed } });
      expect(await send("shop 3")).toEqual({ kind: "field-errors", errors: { typed: "Expected exactly: shop 2" } });
      expect(await send("shop 2")).toEqual({ kind: "ok" });
      expect(await send("shop 2")).toEqual({ kind: "field-errors", errors: { typed: "Too late: approved already." } });
    });

    it("denies with a reason", async () => {
      const requestId = await on.test.request();
      await on.receiver.atOnce({ ...submission, callbackId: "modal_deny", privateMetadata: requestId, values: { reason: " not now " } });
      expect(await on.slot(`${requestId}/decision/${APPROVER}`)).toContain("Reason: “not now”");
    });

    it("with a forged id leads to nothing", async () => {
      expect(await on.receiver.atOnce({ ...dialog, value: "approve" })).toMatchObject({
        kind: "say",
        text: expect.stringContaining("leads to nothing"),
      });
      expect(await on.receiver.atOnce({ ...submission, privateMetadata: "x".repeat(10_000), values: {} })).toMatchObject({
        kind: "field-errors",
      });
      expect(await on.receiver.atOnce({ ...submission, callbackId: "other", privateMetadata: "req_1", values: {} })).toMatchObject({
        kind: "field-errors",
      });
      expect(on.chat.modals).toEqual([]);
    });

    it("that comes too late says so", async () => {
      const requestId = await on.test.request();
      on.chat.refuseNext("openModal", new ChatRefusal("too-late", "expired_trigger_id"));
      expect(await on.receiver.atOnce({ ...dialog, value: requestId })).toMatchObject({
        kind: "say",
        text: expect.stringContaining("Press the button again"),
      });
    });
  });
});
