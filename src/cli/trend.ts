import { writeFile } from "node:fs/promises";
import { systemClock as clock } from "../adapters/system/system-clock.ts";
import { messageOf, OomphError } from "../domain/errors.ts";
import { formatTarget, readingKey } from "../domain/target.ts";
import { memoryBoard } from "../wiring/board.ts";
import { createMemoryHistory } from "../watch/memory-history.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { requireConfig, withFile } from "./load-config.ts";
import { containerNamed, requireWatched, watchedContainers } from "./open-watched.ts";
import { printable } from "./printable.ts";

export type TrendOptions = { readonly target: string; readonly png?: string; readonly json?: true; readonly config?: string };

/** `oomph trend <target>`: what the watch's readings show, in words, as JSON or drawn into a file. */
export async function trend({ target: typed, png, json, config: file }: TrendOptions, io: Io): Promise<ExitCode> {
  const config = requireConfig(withFile(await io.sources(), file));
  const store = await requireWatched(config);
  try {
    const target = containerNamed(typed, await watchedContainers(store));
    const [found, newest] = [await createMemoryHistory(store, clock).trend(target), (await store.watched.get(readingKey(target)))?.newest];
    if (found === undefined || newest === undefined)
      throw new OomphError("not-found", `the watch has not read ${formatTarget(target)} within the last week`);
    if (png !== undefined) await draw(png, () => memoryBoard([], store).picture(target));
    const words = found.kind === "undetermined" ? `No trend yet: ${found.because}.` : found.says;
    const facts = { kind: "trend", target: formatTarget(target), at: new Date(newest.atMs).toISOString(), newest, trend: found };
    io.out(json === true ? `${JSON.stringify(facts, null, 2)}\n` : `${printable(`${formatTarget(target)}: ${words}`)}\n`);
    return found.kind === "undetermined" ? EXIT.failed : EXIT.ok;
  } finally {
    await store.close();
  }
}

async function draw(path: string, picture: () => Promise<{ readonly picture: Uint8Array } | undefined>): Promise<void> {
  const drawn = await picture();
  if (drawn === undefined) throw new OomphError("not-found", "there is nothing to draw");
  try {
    await writeFile(path, drawn.picture);
  } catch (error) {
    throw new OomphError("bad-input", `--png expected a file that can be written, got ${JSON.stringify(path)}: ${messageOf(error)}`);
  }
}
