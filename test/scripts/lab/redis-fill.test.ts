import { afterEach, expect, test } from "vitest";
import { fillUntilRefused, startRedis, type RedisLab } from "../../../scripts/lab/redis.ts";

let lab: RedisLab | undefined;

afterEach(() => lab?.stop());

// About 38,000 keys: the server is in the middle of moving them into a larger table when it first refuses.
test("a server that was filled stays full, whatever it still had to tidy up", async () => {
  lab = await startRedis({ maxmemory: "8mb", policy: "noeviction" });
  const keys = await fillUntilRefused(lab, { valueBytes: 100 });
  expect(await lab.client.dbsize()).toBe(keys);
  for (let looked = 0; looked < 2 * keys; looked += 10_000) {
    await lab.client.eval("for i = 1, 10000 do redis.call('EXISTS', KEYS[1]) end", 1, "key:0");
  }
  await expect(lab.client.set("one-more", "x")).rejects.toThrow("OOM");
  expect(await lab.client.info("memory")).toContain(`maxmemory:${8 * 2 ** 20}`);
});
