import { afterEach, beforeEach, expect, it } from "vitest";
import { startDaemon, type LabDaemon } from "../../../scripts/lab/daemon/daemon.ts";
import { createContainerHosts } from "../../../src/adapters/docker/container-hosts.ts";
import type { ContainerHosts } from "../../../src/ports/containers.ts";
import { silentLog } from "./silent-log.ts";

// A container that ends at once and is started again: it runs when it is looked at, but did not when its figures were asked for.
let daemon: LabDaemon;
let hosts: ContainerHosts;
beforeEach(async () => {
  daemon = await startDaemon();
  const endpoint = { kind: "socket", path: daemon.path } as const;
  hosts = createContainerHosts([{ name: "local", endpoint, connectTimeoutMs: 20_000, callTimeoutMs: 20_000 }], { log: silentLog });
  daemon.hangs = (path) => {
    daemon.put("loop", { isRunning: !path.endsWith("/stats") });
    return false;
  };
});
afterEach(async () => {
  await hosts.close();
  await daemon.close();
});

it("figures of a moment between two lives are not taken for those of a kernel that counts none", async () => {
  const { id } = daemon.put("loop");
  await expect(hosts.host("local").stats(id)).rejects.toMatchObject({
    code: "not-running",
    message: expect.stringMatching(/is being started or about to end: it uses no memory now\.$/) as string,
  });
});

it("a kernel that counts none is told of", async () => {
  const { id } = daemon.put("loop");
  daemon.countsMemory = false;
  await expect(hosts.host("local").stats(id)).rejects.toMatchObject({
    code: "refused",
    message: expect.stringContaining("counts no memory per container") as string,
  });
});
