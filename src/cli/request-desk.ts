import type { ServiceConfig, Sources } from "../config.ts";
import { OomphError } from "../domain/errors.ts";
import { openDeskBeside, type DeskBeside } from "../wiring/desk-beside.ts";
import type { Io } from "./io.ts";
import { requireServiceConfig, withFile } from "./load-config.ts";
import { requireWatched } from "./open-watched.ts";
import { terminalLog } from "./terminal-log.ts";
import { namesBy } from "./request-words.ts";

export type RequestDesk = DeskBeside & {
  readonly config: ServiceConfig;
  /** A person by Slack id, in words. */
  name(userId: string): string;
};

/** The configuration of Oomph's process, with another file than ./oomph.yaml where one was named. Throws OomphError `bad-input`. */
export function serviceConfig(sources: Sources, file: string | undefined): ServiceConfig {
  return requireServiceConfig(withFile(sources, file));
}

/** A desk on the running process's store and queue. Throws OomphError `store-unavailable` or `bad-input`. */
export async function openRequestDesk(config: ServiceConfig, io: Io): Promise<RequestDesk> {
  const store = await requireWatched(config);
  return { ...(await openDeskBeside(config, { store, log: terminalLog(io) })), config, name: namesBy(config.logins) };
}

/** Before anything is asked for: is there a process that would tell of it, and carry it out? Throws OomphError. */
export async function requireProcess({ processes }: Pick<DeskBeside, "processes">, io: Io): Promise<void> {
  const count = await processes();
  if (count === undefined) io.err("oomph: the queue's Redis does not let us see whether an Oomph process runs (CLIENT LIST).\n");
  if (count !== 0) return;
  throw new OomphError(
    "not-running",
    "no Oomph process works on this queue: nobody could approve this, and nothing would carry it out. Start Oomph, or set REDIS_URL to the Redis of the one that runs. Nothing was asked for.",
  );
}
