import { createServer } from "node:net";
import { once } from "node:events";
import { expect, test } from "vitest";
import { startRedis } from "../../../scripts/lab/redis.ts";
import { unaskedWords } from "../../../src/adapters/connection/unasked-words.ts";

test("a server that turns clients away says why; nothing is heard of one that waits to be asked, or is not there", async () => {
  const full = await startRedis({ lines: ["maxclients 1"] });
  await full.client.ping();
  const silent = createServer();
  silent.listen(0, "127.0.0.1");
  await once(silent, "listening");
  const address = silent.address();
  const silentPort = typeof address === "object" && address !== null ? address.port : 0;
  const heard = await Promise.all([full.port, silentPort, 1].map((port) => unaskedWords({ host: "127.0.0.1", port })));
  silent.close();
  await full.stop();
  expect(heard).toEqual(["-ERR max number of clients reached", undefined, undefined]);
});
