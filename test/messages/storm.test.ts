import { describe, expect, it } from "vitest";
import type { Storm, StormMember } from "../../src/domain/storm.ts";
import { stormOver, stormPages, stormRoot, stormWhole } from "../../src/messages/storm.ts";
import { fitMessage } from "../../src/adapters/slack/fit-message.ts";
import { seen } from "../support/seen.ts";

const STORM: Storm = {
  id: "stm_1",
  channel: "C0ALERTS",
  trait: { kind: "node", value: "node-7 <!channel> *bold*" },
  state: "active",
  beganAtMs: 1_790_000_000_000,
  lastMemberAtMs: 1_790_000_000_000,
};
const member = (index: number, more: Partial<StormMember> = {}): StormMember => ({
  incidentId: `inc_${index}`,
  stormId: STORM.id,
  runbookId: "container-memory",
  target: { kind: "docker", connection: "local", name: `web-${index}` },
  problem: "container-memory",
  state: "open",
  severity: "warning",
  timesSeen: 20,
  openedAtMs: index,
  look: "waiting",
  isOut: false,
  ...more,
});
const many = Array.from({ length: 500 }, (_, index) => member(index, index === 499 ? { severity: "critical" } : {}));

describe("what is said of a storm", () => {
  it("begins with what is shared, how many and how they stand, then the worst, each with its button", () => {
    const message = stormRoot({ storm: STORM, members: many });
    const [headline = ""] = seen(message);
    expect(headline).toContain("Storm: 500 incidents on node `node-7 &lt;!channel&gt; *bold*`");
    expect(seen(message).join("\n")).toContain(
      "1 critical, 0 looked into, 0 being looked into, 500 waiting, 0 resolved. 10,000 reports so far.",
    );
    expect(seen(message).findIndex((line) => line.includes("web-499"))).toBeLessThan(
      seen(message).findIndex((line) => line.includes("`docker/web-0`")),
    );
    expect(message.blocks.filter(({ type }) => type === "section")).toHaveLength(9);
    expect(message.text).not.toContain("<!channel>");
  });

  it("lists every member once, within Slack's limits, however long the verdicts are", () => {
    const told = many.map((one) => ({ ...one, look: "done", state: "diagnosed", headline: "It leaks ".repeat(60) }) as const);
    const pages = [...stormPages({ members: told })];
    const fitted = pages.map((page) => fitMessage(page, "below").messages);
    expect(fitted.map((messages) => messages.length)).toEqual(pages.map(() => 1));
    const text = fitted.flat().flatMap(seen).join("\n");
    expect(pages).toHaveLength(10);
    expect(many.filter(({ incidentId }) => text.includes(`\`${incidentId}\``))).toHaveLength(500);
  });

  it("ends with what they were found to be, the most frequent first, and what is left", () => {
    const members = [
      member(1, { state: "resolved", headline: "It leaks" }),
      member(2, { headline: "It leaks" }),
      member(3, { headline: "The limit is too low" }),
    ];
    const text = seen(stormOver({ storm: STORM, members })).join("\n");
    expect(text).toContain("60 reports; 1 resolved, 2 still open.");
    expect(text).toMatch(/Still open, the worst first\*\n.*inc_2.*\n.*inc_3/);
    expect(text.indexOf("2 × It leaks")).toBeLessThan(text.indexOf("1 × The limit"));
    const over = seen(stormOver({ storm: STORM, members: members.map((one) => ({ ...one, state: "resolved" })) })).join("\n");
    expect(over).toContain("60 reports; all resolved.");
    expect(over).not.toContain("still open");
  });

  it("has pages for 500; of more the rest is counted, and comes as a file when the storm is over", () => {
    expect(stormWhole({ storm: STORM, members: many })).toBeUndefined();
    const members = [...many, ...Array.from({ length: 700 }, (_, index) => member(500 + index))];
    const pages = [...stormPages({ members })];
    expect(pages).toHaveLength(10);
    expect(seen(pages[9] ?? { blocks: [] }).at(-1)).toContain("700 more members, none of them worse, find no room here");
    const all = stormWhole({ storm: { ...STORM, state: "over" }, members });
    const { messages, whole = "" } = fitMessage(all ?? { text: "", blocks: [] }, "below");
    expect(messages).toHaveLength(1);
    for (const { incidentId } of members) expect(whole).toContain(`\`${incidentId}\``);
  });
});
