import { afterEach, beforeEach, expect, it } from "vitest";
import type { Alert } from "../../src/domain/alert.ts";
import { ROUND_MS } from "../../src/domain/stray.ts";
import { hearStray } from "../../src/incidents/hear-stray.ts";
import { CHANNEL, SHOP, startDesk, type TestDesk } from "../support/desk.ts";

let test: TestDesk;
beforeEach(async () => {
  test = await startDesk();
});
afterEach(() => test.stop());

const heard = (key: string, name: string, more: Partial<Alert> = {}) => {
  const subject = { about: "redis", names: [name], called: name, hosts: [] } as const;
  const alert: Alert = {
    source: "alertmanager",
    memory: "yes",
    class: "redis_memory",
    rule: "test",
    name: "RedisMemoryHigh",
    status: "firing",
    severity: "warning",
    labels: {},
    subject,
    kills: [],
    says: "RedisMemoryHigh",
    ...more,
  };
  return hearStray(test.desk, { key, alert, channel: CHANNEL, because: `I do not know "${name}".`, targets: [SHOP] });
};
const round = async () => {
  const { strays } = test.desk.store;
  return strays.ofRound({ channel: CHANNEL, roundMs: (await strays.newestRound(CHANNEL)) ?? 0 });
};
const counts = async () => (await round()).map(({ name, count, severity }) => [name, count, severity]);

it("an alert about a name that nobody knows is counted once for its key, as bad as the worst of that name, whoever sends it", async () => {
  await Promise.all([
    heard("a", "billing"),
    heard("a", "billing"),
    heard("b", "billing", { severity: "critical", source: "grafana" }),
    heard("c", "cart", { severity: null }),
  ]);
  await heard("b", "billing");
  await heard("d", "billing", { severity: "info", says: "RedisEvicting" });
  expect(await counts()).toEqual([
    ["billing", 3, "critical"],
    ["cart", 1, null],
  ]);
  expect((await round())[0]).toMatchObject({ says: "RedisEvicting", source: "alertmanager" });
});

it("half an hour after the first of a round a new one begins", async () => {
  await heard("a", "billing");
  test.moveOn(ROUND_MS - 60_000);
  await heard("b", "billing");
  expect(await counts()).toEqual([["billing", 2, "warning"]]);
  test.moveOn(60_000);
  await heard("c", "billing");
  expect(await counts()).toEqual([["billing", 1, "warning"]]);
});
