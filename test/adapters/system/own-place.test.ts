import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { findOwnPlace } from "../../../src/adapters/system/own-place.ts";

const folder = mkdtempSync(join(tmpdir(), "oomph-own-place-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const [A, B] = ["a".repeat(64), "b".repeat(64)];

test("the container is found in cgroup v1 and v2, and under Kubernetes; other files name none", async () => {
  expect(await idsOf(`12:memory:/docker/${A}\n`)).toEqual([A]);
  expect(await idsOf(`0::/system.slice/docker-${A}.scope\n`)).toEqual([A]);
  expect(await idsOf(`600 590 254:1 /var/lib/docker/containers/${B}/hostname /etc/hostname rw\n`)).toEqual([B]);
  expect(await idsOf("0::/user.slice/user-0.slice\n")).toEqual([]);
  expect((await findOwnPlace([], [join(folder, "none")])).containerIds).toEqual([]);
});

test("its own servers are known by name, port and address", async () => {
  const place = await findOwnPlace([
    { what: "queue", url: "redis://user:secret@127.0.0.1" },
    { what: "store", url: "postgres://localhost:6543/oomph" },
  ]);
  expect(place).toMatchObject({
    hostname: hostname(),
    servers: [
      { what: "queue", host: "127.0.0.1", port: 6379, addresses: ["127.0.0.1"] },
      { what: "store", host: "localhost", port: 6543, addresses: expect.arrayContaining([expect.stringMatching(/^(127\.0\.0\.1|::1)$/)]) },
    ],
  });
  expect(JSON.stringify(place)).not.toContain("secret");
});

test("a name that cannot be looked up is said: nothing may be taken for not being Oomph's own", async () => {
  await expect(findOwnPlace([{ what: "queue", url: "redis://no-such-host.invalid:6379" }])).rejects.toMatchObject({
    code: "unreachable",
    message: expect.stringMatching(/its own queue \(no-such-host\.invalid\) could not be looked up/),
  });
});

async function idsOf(text: string): Promise<readonly string[]> {
  const file = join(folder, "proc");
  writeFileSync(file, text);
  return (await findOwnPlace([], [file])).containerIds;
}
