import { nameOfCall, type DockerCallName } from "./calls.ts";

/** What was asked, of whom and about what: for the sentence. */
export type Asked = {
  /** `Docker host prod-eu (unix:///var/run/docker.sock)`. */
  readonly host: string;
  readonly call: DockerCallName;
  /** The container's name or id as it was asked for. */
  readonly container?: string;
};

/** `GET /containers/{id}/stats for container kong`. */
export function describeAsked({ call, container }: Asked): string {
  return container === undefined ? nameOfCall(call) : `${nameOfCall(call)} for container ${quoted(container)}`;
}

/** A name as it stands in sentences: as it is, or in quotes when it holds anything unusual. */
export function quoted(name: string): string {
  return /^[\w][\w.-]*$/.test(name) ? name : JSON.stringify(name);
}
