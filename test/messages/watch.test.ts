import { describe, expect, it } from "vitest";
import type { MemoryReading } from "../../src/domain/memory.ts";
import type { ContainerTarget } from "../../src/domain/target.ts";
import { memoryTop } from "../../src/messages/memory-top.ts";
import { trendNote } from "../../src/messages/trend-note.ts";
import { watchNote } from "../../src/messages/watch-note.ts";
import { watchReport } from "../../src/messages/watch-report.ts";

const GIB = 2 ** 30;
const kong: ContainerTarget = { kind: "docker", connection: "local", name: "kong" };
const row = (name: string, share: number, limitBytes: number | undefined = 2 * GIB) => ({
  target: { ...kong, name },
  reading: {
    atMs: 0,
    usageBytes: Math.round(share * 2 * GIB),
    ...(limitBytes === undefined ? {} : { limitBytes }),
  } satisfies MemoryReading,
});
const body = (message: { readonly blocks: readonly unknown[] }): string => JSON.stringify(message.blocks);

describe("what the watch saw", () => {
  it("is said with its title first, and names are shown as they are", () => {
    const note = watchNote({ trouble: "killed", says: "The kernel killed a process in docker/a_*b* for want of memory." });
    expect(note.text).toBe("Killed for want of memory: The kernel killed a process in docker/a_*b* for want of memory.");
    expect(body(note)).toContain("`docker/a_*b*`");
  });
});

describe("who uses how much", () => {
  it("shows a bar for each, and what has no limit without one", () => {
    const unlimited = { target: { ...kong, name: "free" }, reading: { atMs: 0, usageBytes: GIB } };
    const top = memoryTop({ rows: [row("kong", 0.9), row("web", 0.72), row("idle", 0.1), unlimited], down: [], missing: [] });
    expect(top.text).toBe("4 containers, the fullest is docker/kong: 90%");
    expect(body(top)).toMatch(/🔴 `█{9}░` 90% `docker\/kong` 1\.8 GiB of 2\.0 GiB.*🟡.*🟢.*▫️ `docker\/free` 1\.0 GiB, no limit/);
  });

  it("counts what is too much for a screen, and says which host does not answer", () => {
    const rows = Array.from({ length: 40 }, (_, index) => row(`web-${index}`, 0.5));
    const top = memoryTop({ rows, down: [], missing: [{ source: "prod-eu", because: "it is away" }], filter: "web" });
    expect(body(top)).toContain("And 15 more containers");
    expect(body(top)).toMatch(/prod-eu.*does not answer.*it is away/);
    expect(memoryTop({ rows: [], down: [], missing: [], filter: "nothing" }).text).toBe(
      'No running containers with "nothing" in their name.',
    );
  });

  it("what crashes stands before what runs, with its state and its last end", () => {
    const web = {
      kind: "workload",
      connection: "local",
      resource: "deploy",
      namespace: "shop",
      name: "web",
      pod: "web-1",
      container: "app",
    } as const;
    const lastEnd = { reason: "OOMKilled", exitCode: 137, atMs: 60_000 };
    const down = [{ target: web, state: "CrashLoopBackOff", restarts: 4, limitBytes: GIB, lastEnd }];
    const top = memoryTop({ rows: [row("kong", 0.9)], down, missing: [] });
    expect(top.text).toBe("1 container, the fullest is docker/kong: 90%, 1 container not running or not measured");
    expect(body(top)).toMatch(
      /`deploy\/shop\/web\/web-1\/app` CrashLoopBackOff, last ended OOMKilled \(exit code 137\) at <!date\^60\^[^>]*>, 4 restarts, limit 1\.0 GiB.*kong/,
    );
    expect(body(memoryTop({ rows: [], down, missing: [] }))).toContain("OOMKilled");
    const api = row("api", 0.5);
    const anew = { ...api, again: { restarts: 3, reason: "OOMKilled" }, reading: { ...api.reading, startedAtMs: 120_000 } };
    expect(body(memoryTop({ rows: [anew], down: [], missing: [] }))).toMatch(
      /`docker\/api` 1\.0 GiB of 2\.0 GiB, 3 restarts \(OOMKilled\), the last at <!date\^120\^/,
    );
  });
});

describe("a trend", () => {
  it("is said in words, with what it was made of", () => {
    const note = trendNote({ target: kong, says: "docker/kong uses 1.0 GiB.", readings: 288, sinceMs: 0 });
    expect(note.text).toBe("docker/kong uses 1.0 GiB.");
    expect(body(note)).toContain("From 288 readings since");
  });
});

describe("a report", () => {
  it("has a heading for each kind of news, and says how many more there were", () => {
    const report = watchReport({
      period: "week",
      sinceMs: 0,
      untilMs: 1,
      targets: 30,
      says: "Memory of 30 containers over the week: 12 growing.",
      sections: [
        { heading: "leaks", title: "Growing", entries: [{ target: kong, says: "It grows by 1.0 MiB an hour.", weight: 1 }], more: 11 },
      ],
    });
    expect(report.text).toBe("Memory of 30 containers over the week: 12 growing.");
    expect(body(report)).toMatch(
      /Memory: the week.*\*Growing\*\\n• `docker\/kong` It grows by 1\.0 MiB an hour\.\\nAnd 11 more containers\./,
    );
  });
});
