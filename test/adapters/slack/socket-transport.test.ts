import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startSlack, type LabSlack } from "../../../scripts/lab/slack/index.ts";
import { createChat, createSlack } from "../../../src/adapters/slack/slack.ts";
import { ChatRefusal } from "../../../src/ports/chat.ts";
import { refusalOf } from "../../contract/chat.ts";
import { collectLog, type Logged, realClock, slackSettings, startSlackApp } from "../../support/slack-app.ts";
import { PATIENCE } from "../../support/patience.ts";

// For the hello that follows, which is waited for beside it.
const HELLO_MS = 10_000;

describe("Socket Mode", () => {
  let lab: LabSlack;
  beforeAll(async () => {
    lab = await startSlack();
  });
  afterAll(() => lab.stop());

  test.each(["warning", "refresh_requested", "link_disabled"] as const)("comes back when Slack says %s", async (reason) => {
    const app = await startSlackApp(lab, "socket");
    const opened = lab.calls("apps.connections.open").length;
    lab.sockets.say(reason);
    await vi.waitFor(() => expect(lab.calls("apps.connections.open").length).toBe(opened + 1), PATIENCE);
    await vi.waitFor(() => expect(app.slack.connection()).toMatchObject({ state: "connected", reconnects: 1 }), PATIENCE);
    await vi.waitFor(() => expect(lab.sockets.open()).toBe(1), PATIENCE);
    expect(await app.client.command("responder", "incidents", "/oom help")).toMatchObject({ status: 200 });
    await app.stop();
  });

  test("comes back when the connection breaks without a word, and through failing attempts", async () => {
    const app = await startSlackApp(lab, "socket");
    lab.fault({ method: "apps.connections.open", times: 2, does: { kind: "status", status: 500 } });
    lab.sockets.drop();
    await vi.waitFor(() => expect(app.slack.connection().state).toBe("connecting"), PATIENCE);
    await vi.waitFor(() => expect(app.slack.connection().state).toBe("connected"), PATIENCE);
    expect(app.logged.filter(({ message }) => message === "no Socket Mode connection").map(({ fields }) => fields["code"])).toEqual([
      "unavailable",
      "unavailable",
    ]);
    expect(await app.client.command("responder", "incidents", "/oom help")).toMatchObject({ status: 200 });
    await app.stop();
    expect(lab.sockets.open()).toBe(0);
  });

  test("asks no sooner than Slack says, nor again and again for connections that end at once", async () => {
    const waits: number[] = [];
    const clock = {
      ...realClock,
      sleep: (ms: number, signal?: AbortSignal) => (waits.push(ms), realClock.sleep(ms === HELLO_MS ? ms : 0, signal)),
    };
    const slack = createSlack({
      settings: slackSettings(lab, "socket"),
      chat: createChat(slackSettings(lab, "socket"), collectLog([])),
      receive: async () => ({ kind: "ok" }),
      clock,
      log: collectLog([]),
    });
    lab.fault({ method: "apps.connections.open", does: { kind: "rate-limited", retryAfterSeconds: 40 } });
    await slack.start();
    for (const reconnects of [0, 1, 2]) {
      await vi.waitFor(() => expect(slack.connection()).toMatchObject({ state: "connected", reconnects }), PATIENCE);
      lab.sockets.drop();
    }
    await vi.waitFor(() => expect(slack.connection()).toMatchObject({ state: "connected", reconnects: 3 }), PATIENCE);
    expect(waits.filter((ms) => ms !== HELLO_MS)).toEqual([40_000, 1_000, 2_000, 4_000]);
    await slack.stop();
  });

  test("starts when Slack is away, and connects once it is back", async () => {
    const back = lab.fault({ method: "apps.connections.open", times: Infinity, does: { kind: "status", status: 503 } });
    const app = await startSlackApp(lab, "socket");
    expect(app.slack.connection().state).toBe("connecting");
    back();
    await vi.waitFor(() => expect(app.slack.connection().state).toBe("connected"), PATIENCE);
    await app.stop();
  });

  test("stops while it is trying to connect", async () => {
    const back = lab.fault({ method: "apps.connections.open", times: Infinity, does: { kind: "status", status: 503 } });
    const app = await startSlackApp(lab, "socket");
    await app.stop();
    back();
    expect(app.slack.connection().state).toBe("disconnected");
    expect(lab.sockets.open()).toBe(0);
  });

  test("a wrong app token is said at once", async () => {
    const logged: Logged[] = [];
    const settings = { ...slackSettings(lab, "socket"), transport: { kind: "socket", appToken: "xapp-wrong" } } as const;
    const slack = createSlack({
      settings,
      chat: createChat(settings, collectLog([])),
      receive: async () => ({ kind: "ok" }),
      clock: realClock,
      log: collectLog(logged),
    });
    await expect(slack.start()).rejects.toThrow(ChatRefusal);
    expect(await refusalOf(slack.start())).toBe("no-rights");
    await slack.stop();
  });
});
