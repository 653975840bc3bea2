import { describe, expect, it } from "vitest";
import { DIAGNOSIS, OFFERS, TARGET } from "../../scripts/docs/example-facts.ts";
import { fitMessage } from "../../src/adapters/slack/fit-message.ts";
import { reportMessage } from "../../src/messages/report.ts";
import { pressable, seen } from "../support/seen.ts";

const facts = { target: TARGET, diagnosis: DIAGNOSIS, failures: [], offers: OFFERS };

describe("a report", () => {
  it("says the verdict, then what to press, then why", () => {
    const lines = seen(reportMessage({ ...facts, failures: [{ step: "redis.config", code: "no-rights", because: "NOPERM", tookMs: 2 }] }));
    expect(lines.slice(0, 2)).toEqual([
      "🔴 *Redis is full and refuses writes: its policy is noeviction, so it never makes room by itself.*",
      "Very sure, 97% · `redis/sessions`",
    ]);
    const order = [
      "[Flush database]",
      "[Give keys a TTL]",
      "*Why*",
      "*Evidence Summary*",
      "*Suspicious: Largest prefixes and keys*",
      "*Root Cause Hypotheses*",
      "*Recommended Actions*",
      "*Could not be looked at*",
    ].map((line) => lines.indexOf(line));
    expect(order).not.toContain(-1);
    expect(order).toEqual(order.toSorted((left, right) => left - right));
  });

  it("does not call suspicious what is a list of all", () => {
    const suspects = { title: "Its pods", columns: ["Pod", "State"], rows: [["web-1", "Running"]], ofAll: true };
    const lines = seen(reportMessage({ ...facts, diagnosis: { ...DIAGNOSIS, suspects } }));
    expect(lines).toContain("*Its pods*");
    expect(lines.join()).not.toContain("Suspicious");
  });

  it("has two buttons, one of them primary, and the rest in a menu", () => {
    const message = reportMessage(facts);
    expect(pressable(message).map(({ label }) => label)).toEqual(OFFERS.map((offer) => offer.title));
    expect(pressable(message).every(({ actionId }) => actionId === "offer_ask")).toBe(true);
    expect(pressable(message).map(({ value }) => value)).toEqual(["off_1", "off_2", "off_3", "off_4"]);
    expect(pressable(message).filter(({ style }) => style === "primary")).toHaveLength(1);
    expect(message.blocks.filter((block) => block.type === "section" && block.accessory?.type === "button")).toHaveLength(2);
  });

  it("tells offers of the same action apart", () => {
    const twice = [
      { id: "off_1", title: "Set eviction policy", detail: "volatile-lru", why: "a" },
      { id: "off_2", title: "Set eviction policy", detail: "allkeys-lru", why: "b" },
      { id: "off_3", title: "Flush database", detail: "2", why: "c" },
    ];
    expect(pressable(reportMessage({ ...facts, offers: twice })).map(({ label }) => label)).toEqual([
      "Set eviction policy: volatile-lru",
      "Set eviction policy: allkeys-lru",
      "Flush database",
    ]);
  });

  it("says alone what it came to, for notifications and screen readers", () => {
    expect(reportMessage(facts).text).toBe(
      "Redis is full and refuses writes: its policy is noeviction, so it never makes room by itself (very sure, 97%)",
    );
  });

  it("says so when there is nothing to press", () => {
    const message = reportMessage({ ...facts, offers: [] });
    expect(pressable(message)).toEqual([]);
    expect(seen(message)).toContain("There is no action to ask for: none of Oomph's would help here.");
  });

  it("marks what is well and what is not known", () => {
    const withVerdict = (verdict: string) =>
      seen(reportMessage({ ...facts, diagnosis: { ...DIAGNOSIS, finding: { ...DIAGNOSIS.finding, verdict } } }))[0]?.slice(0, 2);
    expect(withVerdict("healthy")).toBe("🟢");
    expect(withVerdict("undetermined")?.startsWith("⚪")).toBe(true);
  });

  it("shows hostile key names as what they are, and fits Slack", () => {
    const name = "<!channel> `rm` \u202eevil *:fire:* ".repeat(20);
    const rows = Array.from({ length: 200 }, () => [name, "0", "1", "no TTL", "1.0 MiB", "?"]);
    const hostile = {
      ...DIAGNOSIS,
      suspects: { title: name, columns: ["Keys named", "Database", "Keys", "Without TTL", "Size", "Idle"], rows },
      furtherSteps: rows.map(([key = ""]) => key),
    };
    const message = reportMessage({ ...facts, diagnosis: hostile });
    const all = JSON.stringify(message);
    expect(all).not.toContain("<!channel>");
    expect(all).not.toContain("\u202e");
    const { messages, whole } = fitMessage(message, "below");
    expect(messages).toHaveLength(1);
    expect(messages[0].blocks.length).toBeLessThanOrEqual(50);
    expect(pressable(messages[0])).toHaveLength(4);
    expect(whole).toContain("200. ");
  });
});
