import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { createKernelLog, HOST_KERNEL_LOG, type KernelLogSettings } from "../../../src/adapters/kernel-log/create-kernel-log.ts";
import { systemClock } from "../../../src/adapters/system/system-clock.ts";
import type { Clock } from "../../../src/ports/clock.ts";
import { newReport, prefixed } from "../../domain/kernel-oom/made-up.ts";

const folder = mkdtempSync(join(tmpdir(), "oomph-kernel-log-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const NOW_MS = Date.parse("2026-11-22T04:00:00Z");
const clock: Clock = { ...systemClock, nowMs: () => NOW_MS };
const RECORDS = join(folder, "kmsg");
copyFileSync(resolve(import.meta.dirname, "../../fixtures/kernel-oom/docker-parent-pod-6.18.kmsg"), RECORDS);

// The kernel started at 00:00:00, so that its second 12660 is 03:31:00.
const NOTHING: KernelLogSettings = {
  kmsgPath: join(folder, "none"),
  journalctl: join(folder, "no-journalctl"),
  dmesg: join(folder, "no-dmesg"),
  timeoutMs: 10_000,
  uptimeMs: () => 4 * 3_600_000,
};

/** A program that prints this, complains of that and ends so. */
function program(name: string, { prints = "", complains = "", code = 0 }: { prints?: string; complains?: string; code?: number }): string {
  const path = join(folder, name);
  writeFileSync(join(folder, `${name}.out`), prints);
  writeFileSync(path, `#!/bin/sh\ncat '${path}.out'\necho "$@" >'${path}.args'\necho '${complains}' >&2\nexit ${code}\n`);
  chmodSync(path, 0o755);
  return path;
}

describe("the ring buffer", () => {
  const log = createKernelLog(clock, { ...NOTHING, kmsgPath: RECORDS });

  test("gives kills with their time", async () => {
    expect(await log.recentKills(NOW_MS - 3_600_000)).toMatchObject({
      kind: "read",
      source: RECORDS,
      kills: [{ process: "tail", pid: 26989, time: "2026-11-22T03:31:00.072Z", limitBytes: 20 * 2 ** 20 }],
    });
  });

  test("leaves out what was earlier, and says from where on it knows", async () => {
    expect(await log.recentKills(NOW_MS - 60_000)).toEqual({ kind: "read", source: RECORDS, kills: [] });
    expect(await log.recentKills(NOW_MS - 7_200_000)).toMatchObject({ onlySinceMs: Date.parse("2026-11-22T03:31:00.071Z") });
  });
});

describe("the journal", () => {
  test("is read where there is no ring", async () => {
    const entries = newReport()
      .split("\n")
      .map((text) =>
        JSON.stringify({ __REALTIME_TIMESTAMP: `${NOW_MS - 60_000}000`, _SOURCE_MONOTONIC_TIMESTAMP: "1000000", MESSAGE: text }),
      )
      .join("\n");
    const journalctl = program("journalctl-full", { prints: entries });
    const read = await createKernelLog(clock, { ...NOTHING, journalctl }).recentKills(NOW_MS - 3_600_000);
    expect(read).toMatchObject({ kind: "read", source: "journalctl", kills: [{ process: "java", time: "2026-11-22T03:59:00Z" }] });
  });

  test("without lines and with a complaint is no journal", async () => {
    const journalctl = program("journalctl-none", { complains: "No journal files were found." });
    const dmesg = program("dmesg-full", { prints: prefixed(newReport(), () => "[14000.500000] ") });
    const read = await createKernelLog(clock, { ...NOTHING, journalctl, dmesg }).recentKills(NOW_MS - 3_600_000);
    expect(read).toMatchObject({ kind: "read", source: "dmesg", kills: [{ process: "java", time: "2026-11-22T03:53:20.500Z" }] });
  });

  test("without lines and without a complaint is a quiet one", async () => {
    const journalctl = program("journalctl-quiet", {});
    writeFileSync(journalctl, "#!/bin/sh\nexit 0\n");
    expect(await createKernelLog(clock, { ...NOTHING, journalctl }).recentKills(NOW_MS)).toEqual({
      kind: "read",
      source: "journalctl",
      kills: [],
    });
  });
});

test("each refusal is told", async () => {
  const journalctl = program("journalctl-forbidden", { complains: "Failed to search journal: Permission denied", code: 1 });
  const dmesg = program("dmesg-forbidden", { complains: "dmesg: read kernel buffer failed: Operation not permitted", code: 1 });
  const read = await createKernelLog(clock, { ...NOTHING, journalctl, dmesg }).recentKills(NOW_MS);
  expect(read).toEqual({
    kind: "unavailable",
    because: `the kernel's log could not be read. ${NOTHING.kmsgPath}: not there (a container does not see it); journalctl: Failed to search journal: Permission denied; dmesg: dmesg: read kernel buffer failed: Operation not permitted`,
  });
});

test("programs that are not there, and one that never ends", async () => {
  const journalctl = program("journalctl-slow", {});
  writeFileSync(journalctl, "#!/bin/sh\nexec sleep 600\n");
  const read = await createKernelLog(clock, { ...NOTHING, journalctl, timeoutMs: 300 }).recentKills(NOW_MS);
  expect(read).toMatchObject({
    kind: "unavailable",
    because: expect.stringContaining("journalctl: did not end within 0.3 s; dmesg: not installed"),
  });
});

test("a folder is no ring", async () => {
  const read = await createKernelLog(clock, { ...NOTHING, kmsgPath: folder }).recentKills(NOW_MS);
  expect(read).toMatchObject({ kind: "unavailable", because: expect.stringContaining("EISDIR") });
});

test("this machine's own log is read, or why not is said", async () => {
  const read = await createKernelLog(systemClock, HOST_KERNEL_LOG).recentKills(Date.now() - 3_600_000);
  const says = read.kind === "read" ? `read from ${read.source}` : read.because;
  expect(says).toMatch(
    /^read from (\/dev\/kmsg|journalctl|dmesg)$|^the kernel's log could not be read\. \/dev\/kmsg: .+; journalctl: .+; dmesg: .+/,
  );
});
