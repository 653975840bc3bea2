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

const SHORT_ID = 12;

/** A name as it stands in sentences: as it is, in quotes when it holds anything unusual; of an id as many digits as Docker shows. */
export function quoted(name: string): string {
  if (/^[0-9a-f]{64}$/.test(name)) return name.slice(0, SHORT_ID);
  return /^[\w][\w.-]*$/.test(name) ? name : JSON.stringify(name);
}
