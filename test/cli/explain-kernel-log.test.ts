import { createReadStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { explain } from "../../src/cli/explain.ts";
import { explainFile } from "../../src/cli/explain-file.ts";
import { CONTAINER, newReport, oldReport, POD_UID, prefixed } from "../domain/kernel-oom/made-up.ts";

const folder = mkdtempSync(join(tmpdir(), "oomph-explain-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(content: string | Buffer | AsyncIterable<Uint8Array>, json = false) {
  const said = { out: "", err: "" };
  const isStream = typeof content === "object" && !Buffer.isBuffer(content);
  const file = join(folder, "input.log");
  if (!isStream) writeFileSync(file, content);
  const code = await explainFile(
    { file: isStream ? "-" : file, json },
    {
      out: (text) => void (said.out += text),
      err: (text) => void (said.err += text),
      isTerminal: false,
      columns: 80,
      read: (name) => (isStream ? content : createReadStream(name)),
      sources: () => Promise.resolve({ env: {}, readFile: () => "" }),
    },
  );
  return { code, ...said };
}

describe("a kernel's log", () => {
  test("for scripts: these keys first, the names of the contract", async () => {
    const { code, out } = await run(newReport(), true);
    expect(code).toBe(EXIT.ok);
    const result: Record<string, unknown> = JSON.parse(out);
    expect(result).toMatchObject({ kind: "kernel_oom", isOom: true, kernel: "6.8.0-48-generic" });
    const [kill] = result["kills"] as readonly object[];
    expect(Object.keys(kill ?? {}).slice(0, 9)).toEqual([
      "process",
      "pid",
      "anonRssBytes",
      "constraint",
      "cgroup",
      "containerId",
      "podUid",
      "limitBytes",
      "oomScoreAdj",
    ]);
    expect(kill).toMatchObject({ process: "java", constraint: "cgroup", containerId: CONTAINER, podUid: POD_UID, limitBytes: 2 ** 30 });
  });

  test("for a terminal: who was killed, by whom and why, the latest first", async () => {
    const { out } = await run(oldReport() + prefixed(newReport(), () => "2024-07-04T21:28:32Z host kernel: "));
    expect(out).toMatch(
      /^2 processes were killed for want of memory\.\nKernel 6\.8\.0-48-generic\.\n\nThe kernel killed java \(pid 90210\): its cgroup reached its limit of 1\.0 GiB\./,
    );
    expect(out).toContain("2024-07-04T21:28:32Z");
    expect(out).toContain("1.0 GiB of 1.0 GiB");
    expect(out).toContain("GC Thread#3 (pid 90218), not the victim");
    expect(out).toContain(CONTAINER);
    expect(out.indexOf("java (pid 90210)")).toBeLessThan(out.indexOf("worker (pid 4711)"));
  });

  test.each([
    ["by hand", newReport({ order: -1 }), "no sign of want of memory"],
    [
      "the limit of a cgroup above",
      newReport({ limitCgroup: "/kubepods.slice" }),
      "/kubepods.slice, which holds its cgroup, reached its limit of 1.0 GiB",
    ],
    ["the host", "Out of memory: Killed process 4 (x) total-vm:12kB, anon-rss:12kB\n", "the host had no memory left"],
    ["only chosen", "Out of memory: Kill process 4 (x) score 900 or sacrifice child\n", "chose to kill x (pid 4)"],
    [
      "the reaper alone",
      "oom_reaper: reaped process 7 (x), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB\n",
      "the log does not say whether a limit",
    ],
    ["nobody named", "[1.5] x invoked oom-killer: gfp_mask=0x0(), order=0\n", "1 report names no victim"],
    ["nobody to kill", "[1.5] Out of memory and no killable processes...\n", "had no process that it may kill"],
    [
      "a unit",
      "Jul 18 08:23:17 host systemd[1]: api.service: A process of this unit has been killed by the OOM killer.\n",
      "the OOM killer hit api.service",
    ],
    [
      "systemd-oomd",
      "Jul 18 08:23:17 host systemd-oomd[9]: Killed /a.slice/b.service due to memory used (1) / total (2) and swap used (1) / total (2) being more than 90.00%\n",
      "systemd-oomd killed what ran in /a.slice/b.service: due to memory used",
    ],
    ["twice", newReport() + newReport(), "1 line or report repeats a kill and is counted once"],
  ])("%s", async (_name, text, says) => {
    const { code, out } = await run(text);
    expect(code).toBe(EXIT.ok);
    expect(out).toContain(says);
  });

  test("without a kill it is still an answer", async () => {
    const { code, out } = await run("[  638074.1] kswapd0: page allocation failure: order:0\n[  638074.2] Mem-Info:\n");
    expect([code, out]).toEqual([EXIT.ok, "No process was killed for want of memory in this log.\n"]);
  });

  test("a name that steers the terminal is made visible", async () => {
    const { out } = await run(newReport({ process: "a\u001b[2Jb" }));
    expect(out).toContain(String.raw`a\x1b[2Jb`);
    expect(out).not.toContain("\u001b");
  });

  test("a hundred kills: the latest are shown, all are in the JSON", async () => {
    const kills = Array.from(
      { length: 100 },
      (_, at) => `[${at}.5] Out of memory: Killed process ${at + 1} (x) total-vm:12kB, anon-rss:12kB, file-rss:0kB\n`,
    ).join("");
    const { out } = await run(kills);
    expect(out).toContain("90 earlier kills not shown: --json has them.");
    const { kills: all }: { readonly kills: readonly unknown[] } = JSON.parse((await run(kills, true)).out);
    expect(all).toHaveLength(100);
  });

  test("Redis' error beside a kernel's log without a kill is Redis'", () => {
    expect(explain("Jun 11 14:22:20 host app[5]: OOM command not allowed when used memory > 'maxmemory'.\n").result.kind).toBe(
      "redis_info",
    );
  });
});

describe("input", () => {
  const noise = Buffer.from("Jun 11 14:22:20 host systemd[1]: Started session of user root.\n".repeat(16_000)); // 1 MiB

  test("a log longer than what is held is read all the same", async () => {
    const { code, out } = await run(Readable.from([...Array.from({ length: 20 }, () => noise), Buffer.from(newReport()), noise]), true);
    expect(code).toBe(EXIT.ok);
    expect(JSON.parse(out)).toMatchObject({ isOom: true, kills: [{ pid: 90210, limitBytes: 2 ** 30 }] });
  });

  test("a long log without a kill is answered", async () => {
    expect((await run(Readable.from(Array.from({ length: 20 }, () => noise)))).out).toBe(
      "No process was killed for want of memory in this log.\n",
    );
  });

  test("other text that is too long is refused with what to do", async () => {
    const prose = Readable.from(Array.from({ length: 20 }, () => Buffer.from("some words\n".repeat(100_000))));
    await expect(run(prose)).rejects.toThrow(/at most 16\.0 MiB, got 21\.0 MiB .* give the part around the incident/);
  });

  test.each([
    ["gzip", gzipSync("x"), /expected text, got gzip: `zcat .*input\.log \| oomph explain -`/],
    ["a journal", Buffer.from("LPKSHHRH\u0000\u0000"), /journalctl --file .*input\.log/],
    ["UTF-16", Buffer.from("\uFEFFhello", "utf16le"), /iconv/],
    ["UTF-16 of the other order", Buffer.from("\uFEFFhello", "utf16le").swap16(), /iconv/],
    ["a zip", Buffer.from("PK\u0003\u0004\u0014\0\0\0\u0008\0 log"), /unzip -p/],
    ["bzip2", Buffer.from("BZh91AY&SY log"), /bzcat/],
    ["nothing but zeros", Buffer.alloc(70_000), /bytes that are no text/],
    ["evenly mixed bytes", Buffer.from(Array.from({ length: 4096 }, (_, at) => (at * 167) % 256)), /bytes that are no text/],
    ["a binary", Buffer.from(Array.from({ length: 4000 }, (_, at) => at % 7)), /bytes that are no text/],
  ])("%s", async (_name, content, says) => {
    await expect(run(content)).rejects.toThrow(says);
  });

  test("a log with the zeros that a crash leaves is text", async () => {
    const text = `${"Jun 11 14:22:20 host x[1]: words\n".repeat(100)}${"\0".repeat(200)}${prefixed(newReport(), () => "Jun 11 14:30:20 host kernel: ")}`;
    expect(JSON.parse((await run(text, true)).out)).toMatchObject({ kills: [{ pid: 90210, loggedAt: "Jun 11 14:30:20" }] });
  });

  test.each([
    ["nothing", ""],
    ["blanks", " \n\n"],
  ])("%s is said to be nothing", async (_name, content) => {
    const { code, err } = await run(content);
    expect(code).toBe(EXIT.badInput);
    expect(err).toMatch(/^Expected .*INFO.* a kernel's log .* or an alert: .*; got nothing\.\n$/);
  });

  test("a folder is no file", async () => {
    await expect(
      explainFile(
        { file: folder, json: false },
        {
          out: () => undefined,
          err: () => undefined,
          isTerminal: false,
          columns: 80,
          read: (name) => createReadStream(name),
          sources: () => Promise.reject(new Error("not asked for")),
        },
      ),
    ).rejects.toThrow(/EISDIR/);
  });
});
