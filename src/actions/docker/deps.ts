import type { WorkerServer } from "../../domain/sizing.ts";
import type { ContainerTarget } from "../../domain/target.ts";
import type { Clock } from "../../ports/clock.ts";
import type { CodeHost } from "../../ports/code-host.ts";
import type { ComposeFiles } from "../../ports/compose-files.ts";
import type { ContainerActs, OwnPlace } from "../../ports/container-acts.ts";
import type { ContainerHosts, ContainerProcess, LogTail } from "../../ports/containers.ts";
import type { MemoryHistory } from "../../ports/memory-history.ts";
import type { HttpCheck } from "../../ports/http-check.ts";
import type { VerificationSettings } from "../watch-until-steady.ts";

/** What the actions on a container work with. */
export type DockerActionDeps = {
  readonly hosts: ContainerHosts;
  readonly acts: ContainerActs;
  readonly httpCheck: HttpCheck;
  readonly clock: Clock;
  /** When this throws, every action is refused: what cannot be told apart may be Oomph's own. */
  readonly own: () => Promise<OwnPlace>;
  /** How to ask the service in a container whether it is well, beside Docker's own health check. */
  readonly healthOf: (target: ContainerTarget) => HealthQuestion | undefined;
  /** Says which processes are masters and workers of which server, in the order given. */
  readonly classify: (processes: readonly ContainerProcess[]) => readonly ProcessRole[];
  /** Counts lines of a log that tell of too little memory, by the name of what they tell. */
  readonly countPatterns: (log: LogTail) => readonly PatternCount[];
  readonly verification: VerificationSettings;
  /** What the watch remembers; absent: there is no watch. */
  readonly history?: Pick<MemoryHistory, "kills">;
  /** Compose files that containers were made from. */
  readonly compose: ComposeFiles;
  /** Where a repository, `owner/name`, takes pull requests; undefined: it is not configured. */
  readonly codeHostOf: (repository: string) => CodeHost | undefined;
  /** How long a new container must keep running before it counts as started. */
  readonly settleMs: number;
};

export type HealthQuestion = { readonly url?: string; /** Run inside: exit code 0 is well. */ readonly command?: readonly string[] };

export type ProcessRole = { readonly server?: WorkerServer | undefined; readonly role: "master" | "worker" | "helper" | "single" };

export type PatternCount = { readonly name: string; readonly count: number };
