import { given } from "../../domain/given.ts";
import type { PodContainer, RunState } from "../../domain/workload.ts";
import { parseBytesQuantity, parseQuantity } from "../../domain/quantity.ts";
import { timeOf } from "./read-metadata.ts";
import type { Container, ContainerStatus, PodSpec, PodStatus, Probe, State } from "./schema.ts";

type Defined = { readonly role: PodContainer["role"]; readonly container?: Container; readonly status?: ContainerStatus };

/** The containers of a pod, or of a template. What only the status knows (a fragment's) comes after what is defined. */
export function readContainers(spec: PodSpec | undefined, status?: PodStatus): readonly PodContainer[] {
  return [
    ...pairs("init", spec?.initContainers, status?.initContainerStatuses),
    ...pairs("main", spec?.containers, status?.containerStatuses),
    ...pairs("ephemeral", spec?.ephemeralContainers, status?.ephemeralContainerStatuses),
  ].map(readContainer);
}

/** Variables with a value of their own, by main container. */
export function readEnvironment(spec: PodSpec | undefined): Readonly<Record<string, Readonly<Record<string, string>>>> {
  return Object.fromEntries(
    (spec?.containers ?? []).map(({ name = "", env }) => [
      name,
      Object.fromEntries(
        env.flatMap(({ name: variable, value, valueFrom }) => {
          const own = valueFrom === undefined ? (value ?? "") : undefined;
          return variable === undefined || own === undefined ? [] : [[variable, own]];
        }),
      ),
    ]),
  );
}

/** Undefined where nothing is said: `{}` stands for a container that nobody has looked at yet. */
export function readState(state: State): RunState | undefined {
  if (state?.terminated !== undefined) {
    const { reason, exitCode, signal, startedAt, finishedAt, message, containerID } = state.terminated;
    const times = { startedAtMs: timeOf(startedAt), finishedAtMs: timeOf(finishedAt) };
    const containerId = containerID?.replace(/^[\w.-]+:\/\//, "");
    return { kind: "terminated", ...given({ reason, exitCode, signal, message, ...times, containerId }) };
  }
  if (state?.running !== undefined) return { kind: "running", ...given({ startedAtMs: timeOf(state.running.startedAt) }) };
  if (state?.waiting !== undefined) return { kind: "waiting", ...given(state.waiting) };
  return undefined;
}

function pairs(
  role: PodContainer["role"],
  containers: readonly Container[] = [],
  statuses: readonly ContainerStatus[] = [],
): readonly Defined[] {
  const known = new Set(containers.map(({ name }) => name));
  return [
    ...containers.map((container) => ({
      // Native sidecars (1.29 and on) are init containers that never end.
      role: role === "init" && container.restartPolicy === "Always" ? ("sidecar" as const) : role,
      container,
      ...given({ status: statuses.find(({ name }) => name === container.name) }),
    })),
    ...statuses.filter(({ name }) => !known.has(name)).map((status) => ({ role, status })),
  ];
}

function readContainer({ role, container, status }: Defined): PodContainer {
  const limits = status?.resources?.limits ?? container?.resources?.limits;
  const requests = status?.resources?.requests ?? container?.resources?.requests;
  const commandLine = [...(container?.command ?? []), ...(container?.args ?? [])].map(word).join(" ");
  return {
    name: container?.name ?? status?.name ?? "",
    role,
    restarts: status?.restartCount ?? 0,
    ports: (container?.ports ?? []).flatMap(({ name, containerPort }) =>
      containerPort === undefined ? [] : [{ port: containerPort, ...given({ name }) }],
    ),
    probes: given({
      liveness: describeProbe(container?.livenessProbe),
      readiness: describeProbe(container?.readinessProbe),
      startup: describeProbe(container?.startupProbe),
    }),
    ...given({
      image: container?.image ?? status?.image,
      requestBytes: parseBytesQuantity(requests?.memory),
      limitBytes: parseBytesQuantity(limits?.memory),
      cpuLimitCores: parseQuantity(limits?.cpu),
      state: readState(status?.state),
      lastState: readState(status?.lastState),
      ready: status?.ready,
      commandLine: commandLine === "" ? undefined : commandLine,
    }),
  };
}

function word(text: string): string {
  return /^[^\s"']+$/.test(text) ? text : JSON.stringify(text);
}

function describeProbe(probe: Probe): string | undefined {
  if (probe?.httpGet !== undefined) {
    const { scheme = "HTTP", host = "", port = "", path = "/" } = probe.httpGet;
    return `http-get ${scheme.toUpperCase() === "HTTPS" ? "https://" : ""}${host}:${port}${path.startsWith("/") ? path : `/${path}`}`;
  }
  if (probe?.tcpSocket !== undefined) return `tcp-socket ${probe.tcpSocket.host ?? ""}:${probe.tcpSocket.port ?? ""}`;
  if (probe?.grpc !== undefined) return `grpc :${probe.grpc.port ?? ""}${probe.grpc.service ? ` ${probe.grpc.service}` : ""}`;
  if (probe?.exec !== undefined) return `exec ${probe.exec.command.map(word).join(" ")}`;
  return undefined;
}
