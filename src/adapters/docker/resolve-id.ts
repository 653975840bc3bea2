import { OomphError } from "../../domain/errors.ts";
import { quoted } from "./asked.ts";
import type { DockerClient } from "./client.ts";
import { readAnswer } from "./read-answer.ts";
import { withoutSlash } from "./read-container.ts";
import { Inspected } from "./schema.ts";

const FULL_ID = /^[0-9a-f]{64}$/;

/**
 * What to ask a daemon by for exactly this container. A daemon also takes the beginning of an id: a name that could be
 * one is looked up first.
 */
export async function resolveId(client: DockerClient, container: string): Promise<string> {
  assertPossible(client, container);
  if (FULL_ID.test(container) || !/^[0-9a-f]+$/.test(container)) return container;
  return (await inspectExactly(client, container)).Id;
}

/** The container with this id or name; `not-found` for the one whose id merely begins so. */
export async function inspectExactly(client: DockerClient, container: string): Promise<Inspected> {
  assertPossible(client, container);
  const inspected = readAnswer(Inspected, await client.json({ call: "inspect", id: container }), "Inspect");
  if (inspected.Id === container || withoutSlash(inspected.Name) === container) return inspected;
  throw notFound(client, container);
}

/** A slash or dots would make another path of the call; no name has them. */
function assertPossible(client: DockerClient, container: string): void {
  if (container === "" || container === "." || container === ".." || /[/\0]/.test(container)) throw notFound(client, container);
}

function notFound({ name }: DockerClient, container: string): OomphError {
  return new OomphError("not-found", `Docker host ${name} has no container ${quoted(container)}.`);
}
