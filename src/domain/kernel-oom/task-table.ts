import type { OomTask } from "./types.ts";

export type TaskRow = {
  readonly pid: number;
  readonly process: string;
  readonly totalVmPages: number;
  readonly rssPages: number;
  readonly swapPages: number | null;
  readonly oomScoreAdj: number | null;
};

// What is kept of one report: more tasks than a host may run by default.
const MOST_ROWS = 65_536;
const TOP = 10;

/** The table of tasks in a report. Its columns differ between kernels (they moved in 6.8), so the heading decides. */
export class TaskTable {
  readonly rows = new Map<number, TaskRow>();
  #columns: readonly string[] | undefined;

  setColumns(names: readonly string[]): void {
    this.#columns = names;
  }

  add(pid: number, rest: string): void {
    const columns = this.#columns;
    if (columns === undefined || this.rows.size >= MOST_ROWS) return;
    const cells = rest.trim().split(/\s+/);
    const figure = (name: string): number | null => {
      const at = columns.indexOf(name);
      const value = at === -1 ? Number.NaN : Number(cells[at]);
      return Number.isFinite(value) ? value : null;
    };
    const nameAt = columns.indexOf("name");
    const [totalVmPages, rssPages] = [figure("total_vm"), figure("rss")];
    if (nameAt === -1 || totalVmPages === null || rssPages === null) return;
    const process = cells.slice(nameAt).join(" ");
    this.rows.set(pid, { pid, process, totalVmPages, rssPages, swapPages: figure("swapents"), oomScoreAdj: figure("oom_score_adj") });
  }

  /** The biggest by resident memory. Null for the page size: their bytes are not known. */
  top(pageSizeBytes: number | null): readonly OomTask[] {
    const inBytes = (pages: number | null): number | null => (pages === null || pageSizeBytes === null ? null : pages * pageSizeBytes);
    return [...this.rows.values()]
      .toSorted((left, right) => right.rssPages - left.rssPages)
      .slice(0, TOP)
      .map(({ pid, process, rssPages, swapPages, oomScoreAdj }) => ({
        pid,
        process,
        rssPages,
        rssBytes: inBytes(rssPages),
        swapBytes: inBytes(swapPages),
        oomScoreAdj,
      }));
  }
}
