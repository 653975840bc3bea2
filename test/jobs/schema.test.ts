import { describe, expect, it } from "vitest";

import { createJudge } from "../../src/alerts/judge.ts";
import { readPayload } from "../../src/jobs/schema.ts";
import type { Inbound } from "../../src/ports/inbound.ts";

const POST = { channel: "C1", ts: "1.2", text: "OOM command not allowed" };
const INBOUND: readonly Inbound[] = [
  { kind: "command", id: "e1", userId: "U1", channel: "C1", text: "", responseUrl: "http://127.0.0.1/r", receivedAtMs: 1 },
  { kind: "mention", id: "e2", userId: "U1", channel: "C1", ts: "1.2", threadTs: "1.1", text: "investigate", receivedAtMs: 1 },
  { kind: "click", id: "e3", userId: "U1", channel: "C1", actionId: "approve", value: "req_1", receivedAtMs: 1 },
  { kind: "submission", id: "e4", userId: "U1", callbackId: "deny", privateMetadata: "req_1", values: { reason: "no" }, receivedAtMs: 1 },
  { kind: "shortcut", id: "e5", userId: "U1", post: POST, receivedAtMs: 1 },
  { kind: "post", id: "e6", post: { ...POST, botId: "B1" }, receivedAtMs: 1 },
];

describe("what comes out of the queue", () => {
  it.each(INBOUND)("is read back as it was put in: $kind", (inbound) => {
    expect(readPayload("receive", JSON.parse(JSON.stringify({ inbound })))).toEqual({ inbound });
  });

  it("is read back as it was put in: an alert", () => {
    const text = "2026-06-11T14:22:20Z box kernel: Out of memory: Killed process 42 (node) total-vm:9kB, anon-rss:8kB";
    const facts = {
      name: "SystemOOM",
      status: "firing",
      severity: "critical",
      labels: { node: "box" },
      text,
      startsAtMs: 1,
      link: "https://x/1",
    } as const;
    const alert = createJudge()(facts, "wazuh");
    expect(alert.kills).toHaveLength(1);
    const sent = { id: "wazuh/1", receivedAtMs: 1, alerts: [alert] };
    expect(readPayload("alert", JSON.parse(JSON.stringify({ sent })))).toEqual({ sent });
  });

  it.each([
    ["alert", { sent: { id: "1", receivedAtMs: 1, alerts: [{ class: "other" }] } }],
    ["alert", { sent: { id: "1", receivedAtMs: 1 } }],
    ["receive", { inbound: { kind: "click", id: "e1" } }],
    ["receive", { inbound: { kind: "party" } }],
    ["investigate", {}],
    ["act", { requestId: 7 }],
    ["deliver", { deliveryId: "" }],
    ["sweep", { surprise: true }],
    ["act", undefined],
  ] as const)("is refused with what was expected: %s %j", (name, payload) => {
    expect(() => readPayload(name, payload)).toThrow(
      expect.objectContaining({ code: "bad-input", message: expect.stringContaining(`payload of a ${name} job`) }),
    );
  });
});
