import type { ContainerSummary } from "../../ports/containers.ts";

/** Labels on a container that Oomph has made, by which it is found again after a crash. */
export const LABELS = {
  /** The run that made it. */
  run: "oomph.dev/action-id",
  /** The name that it was made for. */
  container: "oomph.dev/container",
  /** Id of the container whose place it takes. */
  replaces: "oomph.dev/replaces",
} as const;

/** What the containers of one re-creation are called on the way. */
export function namesFor(name: string, runId: string): { readonly temporary: string; readonly previous: string; readonly undone: string } {
  const short =
    runId
      .replace(/^run_/, "")
      .replaceAll(/[^A-Za-z0-9]/g, "")
      .slice(0, 8) || "run";
  return { temporary: `${name}-oomph-${short}`, previous: `${name}-before-${short}`, undone: `${name}-undone-${short}` };
}

/** Is it called as one that was kept from an earlier change of this container? */
export function isCalledPrevious(one: Pick<ContainerSummary, "name">, name: string): boolean {
  return one.name.startsWith(`${name}-before-`);
}

/** The containers that a re-creation is about, where they are. */
export type Pieces = {
  /** The one that was made; absent: not made, or removed again. */
  readonly fresh?: ContainerSummary;
  /** The one whose place it takes. */
  readonly old?: ContainerSummary;
  /** Whichever has the name now. */
  readonly named?: ContainerSummary;
};

/** Finds them in a list of all containers. Without a run: those of the newest one that has or had to get the name. Pure. */
export function findPieces(
  list: readonly ContainerSummary[],
  { name, runId, previous }: { readonly name: string; readonly runId?: string | undefined; readonly previous?: string | undefined },
): Pieces {
  const named = list.find((one) => one.name === name);
  const fresh = runId === undefined ? newest(list, name) : list.find(({ labels }) => labels[LABELS.run] === runId);
  const oldId = previous ?? fresh?.labels[LABELS.replaces];
  const old = oldId === undefined ? undefined : list.find(({ id }) => id.startsWith(oldId));
  return { ...(fresh === undefined ? {} : { fresh }), ...(old === undefined ? {} : { old }), ...(named === undefined ? {} : { named }) };
}

function newest(list: readonly ContainerSummary[], name: string): ContainerSummary | undefined {
  const made = list.filter((one) => one.labels[LABELS.container] === name && !isCalledPrevious(one, name));
  return made.toSorted((left, right) => right.createdAtMs - left.createdAtMs)[0];
}

/** `kong (running), kong-before-1a2b (exited)`. */
export function describePieces({ fresh, old }: Pieces): string {
  const one = (what: string, piece: ContainerSummary | undefined): string =>
    piece === undefined ? `${what} is not there` : `${what} is called ${piece.name} and is ${piece.state}`;
  return `${one("the container that was before", old)}; ${one("the new one", fresh)}`;
}
