import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTakeOn } from "../../src/commands/take-on.ts";
import { OomphError } from "../../src/domain/errors.ts";
import type { Answer, Inbound } from "../../src/ports/inbound.ts";
import { APPROVER, CHANNEL, REQUESTER } from "../support/desk.ts";
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

const click: Extract<Inbound, { kind: "click" }> = {
  kind: "click",
  id: "click-1",
  userId: APPROVER,
  channel: CHANNEL,
  actionId: "request_show",
  value: "req_1",
  receivedAtMs: 0,
};

describe("before the acknowledgement, what comes in", () => {
  let on: TestFront;

  beforeEach(async () => {
    on = await startFront();
  });
  afterEach(() => on.test.stop());

  it("is queued once, however often the sender repeats it", async () => {
    expect(await on.takeOn(command)).toEqual({ kind: "ok" });
    expect(await on.takeOn({ ...command, receivedAtMs: 5 })).toEqual({ kind: "ok" });
    const jobs = await on.test.jobs("receive");
    expect(jobs).toHaveLength(1);
    expect(jobs[0]?.id).toMatch(/^in_[0-9a-f]{40}$/);
  });

  it("is answered in plain words when the queue is away, and posts are sent again", async () => {
    const queue = { add: () => Promise.reject(new OomphError("queue-unavailable", "gone")) };
    const takeOn = withParts({ queue });
    const answer = await takeOn(command);
    expect(answer).toMatchObject({ kind: "say", text: expect.stringContaining("nothing has been started") });
    expect(answer).toMatchObject({ text: expect.stringContaining("`oomph investigate redis/<name>`") });
    await expect(takeOn({ kind: "post", id: "e1", post: { channel: CHANNEL, ts: "1.1", text: "x" }, receivedAtMs: 0 })).rejects.toThrow(
      "gone",
    );
  });

  it("of posts only what is critical goes before the others; people never wait behind them", async () => {
    const post = (id: string, severity: string, channel = CHANNEL): Inbound => ({
      kind: "post",
      id,
      post: { channel, ts: "1.1", botId: "B0ALERTS", text: `[FIRING:1] ContainerMemoryUsageHigh (${severity})\nname=web` },
      receivedAtMs: 0,
    });
    const priorities: unknown[] = [];
    const queue: Parameters<typeof createTakeOn>[0]["queue"] = {
      async add(_name, _payload, { priority }) {
        priorities.push(priority);
        return "added";
      },
    };
    const takeOn = withParts({ queue });
    for (const inbound of [post("a", "warning"), post("b", "critical"), post("c", "critical", "C0OTHER"), command]) await takeOn(inbound);
    expect(priorities).toEqual([2, undefined, 2, undefined]);
  });

  it("for a dialog is answered at once, and all else waits in the queue", async () => {
    const asked: Inbound[] = [];
    const said: Answer = { kind: "say", text: "at once" };
    const takeOn = withParts({ atOnce: async (inbound) => (asked.push(inbound), said) });
    const submission = { kind: "submission", id: "v1", userId: APPROVER, callbackId: "modal_deny", privateMetadata: "req_1" } as const;
    expect(await takeOn({ ...click, actionId: "modal_approve" })).toEqual(said);
    expect(await takeOn({ ...submission, values: {}, receivedAtMs: 0 })).toEqual(said);
    expect(await takeOn(click)).toEqual({ kind: "ok" });
    expect(asked.map(({ kind }) => kind)).toEqual(["click", "submission"]);
    expect(await on.test.jobs("receive")).toHaveLength(1);
  });

  function withParts(parts: Partial<Parameters<typeof createTakeOn>[0]>) {
    const { desk, readAlert, alertChannels } = on.front;
    return createTakeOn({ ...desk, readAlert, alertChannels, atOnce: on.receiver.atOnce, ...parts });
  }
});
