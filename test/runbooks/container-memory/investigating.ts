import { daemonSocket } from "../../../scripts/lab/docker-proxy.ts";
import { createContainerHosts } from "../../../src/adapters/docker/container-hosts.ts";
import { createKernelLog } from "../../../src/adapters/kernel-log/create-kernel-log.ts";
import { randomIds } from "../../../src/adapters/system/random-ids.ts";
import { systemClock } from "../../../src/adapters/system/system-clock.ts";
import { containerMemoryRunbook, type ContainerMemoryDeps } from "../../../src/runbooks/container-memory/index.ts";
import { runRunbook, type RunbookOutcome } from "../../../src/runbooks/run-runbook.ts";
import type { Asked } from "../../../src/runbooks/runbook.ts";
import { silentLog } from "../../adapters/docker/silent-log.ts";

export type Done = Extract<RunbookOutcome, { kind: "done" }>;

/** The runbook on the daemon of this machine. */
export function openLab() {
  const settings = {
    name: "local",
    endpoint: { kind: "socket", path: daemonSocket() },
    connectTimeoutMs: 20_000,
    callTimeoutMs: 60_000,
  } as const;
  const hosts = createContainerHosts([settings], { log: silentLog });
  const kernelLog = createKernelLog(systemClock);

  function runbook(more: Partial<ContainerMemoryDeps> = {}) {
    return containerMemoryRunbook({
      hosts,
      clock: systemClock,
      logTail: { lines: 20_000, maxBytes: 8 * 2 ** 20 },
      kernelLogOf: () => kernelLog,
      stepTimeoutMs: 90_000,
      ...more,
    });
  }

  function run(name: string, more: Partial<ContainerMemoryDeps> = {}, asked: Asked = {}): Promise<RunbookOutcome> {
    return runRunbook(runbook(more), { kind: "docker", connection: "local", name }, { clock: systemClock, ids: randomIds, asked });
  }

  return {
    hosts,
    runbook,
    run,
    async investigate(name: string, more: Partial<ContainerMemoryDeps> = {}, asked: Asked = {}): Promise<Done> {
      const outcome = await run(name, more, asked);
      if (outcome.kind !== "done") throw new Error(`expected a diagnosis, got ${outcome.code}: ${outcome.because}`);
      return outcome;
    },
  };
}

/** All reasons of the verdict in one text. */
export function says({ diagnosis }: Done): string {
  return [...diagnosis.finding.for, ...diagnosis.finding.against].map((reason) => reason.says).join("\n");
}

/** The data of one step. */
export function dataOf({ evidence }: Done, step: string): unknown {
  return evidence.find((each) => each.step === `docker.${step}`)?.data;
}
