import { OomphError } from "../../domain/errors.ts";
import { describeServer, type Endpoint } from "./endpoint.ts";
import { openLink, type Link } from "./link.ts";
import { asText, parseInfo } from "./readings.ts";

/** A server's connections: one per database, so that no command can ever reach another database than the one meant. */
export type Links = {
  /** Opens it, or again when it was lost. Throws OomphError. */
  to(database: number): Promise<Link>;
  /** Throws `conflict` from now on where a connection reaches another process than this one (`run_id`). */
  pinTo(runId: string): void;
  close(): void;
};

export function createLinks(endpoint: Endpoint, isCluster: boolean): Links {
  const opened = new Map<number, Promise<Link>>();
  const checked = new WeakSet<Link>();
  let pinnedTo: string | undefined;
  let closed = false;

  async function to(database: number): Promise<Link> {
    const link = await linkTo(database);
    if (pinnedTo !== undefined && !checked.has(link)) {
      await checkProcess(link, endpoint, pinnedTo);
      checked.add(link);
    }
    return link;
  }

  async function linkTo(database: number): Promise<Link> {
    refuseImpossible(endpoint, database, isCluster);
    if (closed) throw new OomphError("unreachable", `The connection to ${describeServer(endpoint)} has been closed: open it again.`);
    const known = opened.get(database);
    if (known !== undefined && (await isUsable(known))) return known;
    if (opened.get(database) !== known) return linkTo(database); // another caller has opened it meanwhile
    const opening = openLink(endpoint, database);
    opened.set(database, opening);
    return opening;
  }

  function close(): void {
    closed = true;
    for (const opening of opened.values()) {
      opening.then((link) => link.close()).catch(() => undefined); // what failed to open is closed
    }
  }
  function pinTo(runId: string): void {
    pinnedTo = runId;
  }
  return { to, pinTo, close };
}

/** One connection stays with one process, so asking once on it is enough. */
async function checkProcess(link: Link, endpoint: Endpoint, runId: string): Promise<void> {
  const found = parseInfo(asText(await link.ask({ name: "INFO", args: ["server"] })))["run_id"];
  if (found === runId) return;
  throw new OomphError(
    "conflict",
    `${describeServer(endpoint)} is another server process than before: it was restarted, has failed over or has moved. Nothing more was sent to it.`,
  );
}

async function isUsable(opening: Promise<Link>): Promise<boolean> {
  const link = await opening.catch(() => undefined);
  return link?.isOpen() === true;
}

function refuseImpossible(endpoint: Endpoint, database: number, isCluster: boolean): void {
  if (!Number.isSafeInteger(database) || database < 0) {
    throw new OomphError("bad-input", `Expected a database as a whole number from 0 on, got ${database}.`);
  }
  if (isCluster && database !== 0) {
    throw new OomphError(
      "bad-input",
      `${describeServer(endpoint)} belongs to a cluster, which has database 0 only; database ${database} was asked for.`,
    );
  }
}
