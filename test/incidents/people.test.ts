import { describe, expect, it } from "vitest";

import { createPeople } from "../../src/incidents/people.ts";
import { rulesWith } from "../support/desk.ts";

describe("people and their groups", () => {
  const rules = { ...rulesWith({ approvers: ["U1", "S1"] }), admins: ["S2"], requesters: ["S1", "U2"] };

  function setUp(members: Readonly<Record<string, readonly string[]>>) {
    const asked: string[] = [];
    const state = { nowMs: 0, fails: false };
    const clock = { nowMs: () => state.nowMs, sleep: async () => undefined };
    const groupMembers = async (groupId: string): Promise<readonly string[]> => {
      asked.push(groupId);
      if (state.fails) throw new Error("slack is away");
      return members[groupId] ?? [];
    };
    return { asked, state, people: createPeople({ rules, groupMembers, clock, ttlMs: 60_000 }) };
  }

  it("asks for each group that the rules name, once in a while", async () => {
    const { asked, state, people } = setUp({ S1: ["U9"], S2: ["U8"] });
    expect(await people.person("U9")).toEqual({ userId: "U9", groupIds: ["S1"] });
    expect(await people.person("U8")).toEqual({ userId: "U8", groupIds: ["S2"] });
    expect(asked.toSorted()).toEqual(["S1", "S2"]);
    state.nowMs = 60_000;
    await people.person("U9");
    expect(asked).toHaveLength(4);
  });

  it("throws when a group cannot be asked, and asks anew the next time", async () => {
    const { state, people } = setUp({ S1: ["U9"] });
    state.fails = true;
    await expect(people.person("U9")).rejects.toMatchObject({ code: "unreachable", retryable: true });
    state.fails = false;
    expect((await people.person("U9")).groupIds).toEqual(["S1"]);
  });

  it("asks anew for a decision, once for all who click at the same time", async () => {
    const groups = { S1: ["U9"], S2: [] };
    const { asked, people } = setUp(groups);
    await people.person("U9");
    groups.S1 = [];
    expect((await people.person("U9")).groupIds).toEqual(["S1"]);
    const clicks = await Promise.all([people.person("U9", "anew"), people.person("U8", "anew")]);
    expect(clicks.map(({ groupIds }) => groupIds)).toEqual([[], []]);
    expect(asked).toHaveLength(4);
    expect((await people.person("U9")).groupIds).toEqual([]);
  });

  it("asks nobody where the rules name no group", async () => {
    const groupMembers = async (): Promise<readonly string[]> => {
      throw new Error("must not be asked");
    };
    const people = createPeople({
      rules: rulesWith({ approvers: ["U1"] }),
      groupMembers,
      clock: { nowMs: () => 0, sleep: async () => undefined },
      ttlMs: 1,
    });
    expect(await people.person("U1")).toEqual({ userId: "U1", groupIds: [] });
  });
});
