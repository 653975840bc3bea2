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

test("its own pod is found by its cgroup and by the file that the kubelet mounts; a node's mounts for its pods name none", async () => {
  const uid = "0f6b9c1e-2d3a-4b5c-8d7e-9f0a1b2c3d4e";
  expect(await podsOf(`11:memory:/kubepods/burstable/pod${uid}/${A}\n`)).toEqual([uid]);
  const slice = `kubepods-burstable-pod${uid.replaceAll("-", "_")}.slice`;
  expect(await podsOf(`0::/kubepods.slice/kubepods-burstable.slice/${slice}/cri-containerd-${A}.scope\n`)).toEqual([uid]);
  expect(await podsOf(`612 590 8:1 /var/lib/kubelet/pods/${uid}/etc-hosts /etc/hosts rw - ext4 /dev/sda1 rw\n`)).toEqual([uid]);
  const ofNode = `/var/lib/kubelet/pods/${uid}/volumes/kubernetes.io~secret/token`;
  expect(await podsOf(`613 28 0:52 / ${ofNode} rw - tmpfs tmpfs rw\n`)).toEqual([]);
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
  return (await placeBy(text)).containerIds;
}

async function podsOf(text: string): Promise<readonly string[]> {
  return (await placeBy(text)).podUids;
}

function placeBy(text: string): ReturnType<typeof findOwnPlace> {
  const file = join(folder, "proc");
  writeFileSync(file, text);
  return findOwnPlace([], [file]);
}
