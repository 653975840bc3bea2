/**
 * Every call that is made to a Docker daemon, and what for: what a socket proxy in front of it has to let through.
 * Paths are without the version that a proxy may see before them (`/v1.41/...`); `{id}` is a container's id or name, or
 * the id of an exec.
 */
export const DOCKER_CALLS = {
  info: { method: "GET", path: "/info", needs: "reading", says: "cores, memory and cgroup version of the host" },
  list: { method: "GET", path: "/containers/json", needs: "reading", says: "which containers there are" },
  inspect: { method: "GET", path: "/containers/{id}/json", needs: "reading", says: "limits, state, exit code and settings of one" },
  stats: { method: "GET", path: "/containers/{id}/stats", needs: "reading", says: "its memory and CPU" },
  top: { method: "GET", path: "/containers/{id}/top", needs: "reading", says: "its processes and their memory" },
  logs: { method: "GET", path: "/containers/{id}/logs", needs: "reading", says: "the end of its log" },
  events: { method: "GET", path: "/events", needs: "reading", says: "kills, starts and changes as they happen" },
  createExec: { method: "POST", path: "/containers/{id}/exec", needs: "looking-inside", says: "a program inside: health, cgroup files" },
  startExec: { method: "POST", path: "/exec/{id}/start", needs: "looking-inside", says: "its output" },
  inspectExec: { method: "GET", path: "/exec/{id}/json", needs: "looking-inside", says: "its exit code" },
} as const satisfies Record<string, DockerCall>;

export type DockerCallName = keyof typeof DOCKER_CALLS;

export type DockerCall = {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  /** Reading is enough to investigate; `looking-inside` adds what only a program in the container can tell. */
  readonly needs: "reading" | "looking-inside" | "acting";
  readonly says: string;
};

/** The path of a call; the id is one segment of it, whatever it holds. */
export function pathOf(call: DockerCallName, id: string): string {
  return DOCKER_CALLS[call].path.replace("{id}", () => encodeURIComponent(id));
}

/** `GET /containers/{id}/json`, as messages and documentation name it. */
export function nameOfCall(call: DockerCallName): string {
  const { method, path } = DOCKER_CALLS[call];
  return `${method} ${path}`;
}
