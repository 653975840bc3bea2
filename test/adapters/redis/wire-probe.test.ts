import { createServer } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startRedis, type RedisLab } from "../../../scripts/lab/redis.ts";
import { answersPlainly, expectsTls } from "../../../src/adapters/redis/wire-probe.ts";

let plain: RedisLab;
let locked: RedisLab;
let secure: RedisLab;
const silent = createServer();
beforeAll(async () => {
  plain = await startRedis();
  locked = await startRedis({ password: "made-up" });
  secure = await startRedis({ tls: true });
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  silent.close();
  await Promise.all([plain?.stop(), locked?.stop(), secure?.stop()]);
});

test("tells TLS from plain, and either from silence and from nothing", async () => {
  const address = silent.address();
  const silentPort = typeof address === "object" && address !== null ? address.port : 0;
  const ports = [plain.port, locked.port, secure.port, silentPort, 1];
  const looks = await Promise.all(
    ports.map(async (port) => [await expectsTls({ host: "127.0.0.1", port }), await answersPlainly({ host: "127.0.0.1", port })]),
  );
  expect(looks).toEqual([
    [false, true],
    [false, true],
    [true, false],
    [false, false],
    [false, false],
  ]);
});
