import { statfs } from "node:fs/promises";

const IN_MEMORY = "/dev/shm";
// PostgreSQL's own files, its journal and Redis's for some ten thousand alerts, with room to spare.
const ENOUGH_BYTES = 2 ** 30;

/**
 * Runs `work` with the data of the servers that it starts in memory, where there is such a folder with 1 GiB free; else on the
 * disk. On one disk an append of the queue's Redis waits for PostgreSQL's journal, and for whatever else writes there.
 */
export async function withDataInMemory<Figures>(
  work: () => Promise<Figures>,
): Promise<Figures & { readonly dataIn: "memory" | "the folder for temporary files" }> {
  const room = await statfs(IN_MEMORY).catch(() => undefined);
  const fits = room !== undefined && room.bavail * room.bsize >= ENOUGH_BYTES;
  const before = process.env["TMPDIR"];
  if (fits) process.env["TMPDIR"] = IN_MEMORY;
  try {
    return { ...(await work()), dataIn: fits ? "memory" : "the folder for temporary files" };
  } finally {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
  }
}
