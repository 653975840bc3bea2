/**
 * Every call that is made to a Docker daemon, and what for: what a socket proxy in front of it has to let through.
 * Paths are without the version that a proxy may see before them (`/v1.41/...`); `{id}` is a container's id or name, or
 * the id of an exec, image or network.
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
  inspectImage: { method: "GET", path: "/images/{id}/json", needs: "acting", says: "what of a container came with its image" },
  changes: { method: "GET", path: "/containers/{id}/changes", needs: "acting", says: "what a container has written outside its volumes" },
  update: { method: "POST", path: "/containers/{id}/update", needs: "acting", says: "another memory limit, while it runs" },
  restart: { method: "POST", path: "/containers/{id}/restart", needs: "acting", says: "a restart" },
  start: { method: "POST", path: "/containers/{id}/start", needs: "acting", says: "a start, of one re-created or brought back too" },
  stop: { method: "POST", path: "/containers/{id}/stop", needs: "acting", says: "a stop, before another takes its place" },
  create: { method: "POST", path: "/containers/create", needs: "acting", says: "the same container with another environment" },
  connect: { method: "POST", path: "/networks/{id}/connect", needs: "acting", says: "its networks beside the first" },
  disconnect: { method: "POST", path: "/networks/{id}/disconnect", needs: "acting", says: "a network that it had left" },
  rename: { method: "POST", path: "/containers/{id}/rename", needs: "acting", says: "the old one aside, the new one in its place" },
  remove: { method: "DELETE", path: "/containers/{id}", needs: "acting", says: "one that is not needed any more; never its volumes" },
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
