import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { readKernelLog } from "../../../src/domain/kernel-oom/kernel-log-scan.ts";
import type { KernelKill } from "../../../src/domain/kernel-oom/types.ts";

// Labelled logs from public sources, kept beside the repository. Where they are not, this is said.
const FOLDER = resolve(import.meta.dirname, "../../../../shared/samples");

type Expected = {
  readonly is_oom: boolean;
  readonly constraint?: string;
  readonly kernel?: string;
  readonly manual_sysrq?: boolean;
  readonly container_id?: string | null;
  readonly pod_uid?: string;
  readonly oom_cgroup?: string;
  readonly limit_kb?: number | null;
  readonly time?: string;
  readonly kills: readonly ExpectedKill[];
};
type ExpectedKill = {
  readonly process: string | null;
  readonly pid: number | null;
  readonly anon_rss_kb?: number | null;
  readonly cgroup?: string;
  readonly container_id?: string;
  readonly limit_kb?: number | null;
  readonly oom_score_adj?: number;
};
type Item = { readonly file: string; readonly kind: string; readonly expected: Expected };

describe.skipIf(!existsSync(FOLDER))("labelled kernel logs (skipped where ../shared/samples is not)", () => {
  const { items }: { items: readonly Item[] } = existsSync(FOLDER)
    ? JSON.parse(readFileSync(join(FOLDER, "MANIFEST.json"), "utf8"))
    : { items: [] };

  test.each(items.filter(({ kind }) => kind === "kernel_oom").map(({ file, expected }) => [file, expected] as const))(
    "%s",
    (file, expected) => {
      const reading = readKernelLog(readFileSync(join(FOLDER, file), "utf8"));
      expect(reading.isOom).toBe(expected.is_oom);
      expect(reading.kills.map(asExpected)).toMatchObject(expected.kills);
      expect(reading.kills).toHaveLength(expected.kills.length);
      expect(reading).toMatchObject({
        ...(expected.kernel === undefined ? {} : { kernel: expected.kernel }),
        manualSysrq: expected.manual_sysrq ?? false,
      });
      for (const kill of reading.kills) expect(asWhole(kill)).toMatchObject(wholeOf(expected));
    },
  );
});

function asExpected(kill: KernelKill): ExpectedKill {
  const kb = (bytes: number | null): number | null => (bytes === null ? null : bytes / 1024);
  return {
    process: kill.process,
    pid: kill.pid,
    anon_rss_kb: kb(kill.anonRssBytes),
    ...(kill.cgroup === null ? {} : { cgroup: kill.cgroup }),
    ...(kill.containerId === null ? {} : { container_id: kill.containerId }),
    limit_kb: kb(kill.limitBytes),
    ...(kill.oomScoreAdj === null ? {} : { oom_score_adj: kill.oomScoreAdj }),
  };
}

function asWhole({ constraint, containerId, podUid, oomCgroup, limitBytes, time }: KernelKill): object {
  return {
    constraint: constraint === "cgroup" ? "memcg" : constraint,
    container_id: containerId,
    pod_uid: podUid,
    oom_cgroup: oomCgroup,
    limit_kb: limitBytes === null ? null : limitBytes / 1024,
    time,
  };
}

function wholeOf({ constraint, container_id, pod_uid, oom_cgroup, limit_kb, time }: Expected): object {
  return Object.fromEntries(
    Object.entries({ constraint, container_id, pod_uid, oom_cgroup, limit_kb, time }).filter(([, value]) => value !== undefined),
  );
}
