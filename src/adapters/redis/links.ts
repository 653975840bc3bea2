import { OomphError } from "../../domain/errors.ts";
import { describeServer, type Endpoint } from "./endpoint.ts";
import { openLink, type Link } from "./link.ts";

/** A server's connections: one per database, so that no command can ever reach another database than the one meant. */
export type Links = {
  /** Opens it, or again when it was lost. Throws OomphError. */
  to(database: number): Promise<Link>;
  close(): void;
};

export function createLinks(endpoint: Endpoint, isCluster: boolean): Links {
  const opened = new Map<number, Promise<Link>>();
  let closed = false;

  async function to(database: number): Promise<Link> {
    refuseImpossible(endpoint, database, isCluster);
    if (closed) throw new OomphError("unreachable", `The connection to ${describeServer(endpoint)} has been closed: open it again.`);
    const known = opened.get(database);
    if (known !== undefined && (await isUsable(known))) return known;
    if (opened.get(database) !== known) return to(database); // another caller has opened it meanwhile
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
  return { to, close };
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
