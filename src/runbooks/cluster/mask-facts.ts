import { maskSecrets, maskVariable } from "../../domain/mask-secrets.ts";
import type {
  ClusterEvent,
  Condition,
  NodeFacts,
  PodContainer,
  PodFacts,
  Revision,
  RunState,
  WorkloadFacts,
} from "../../domain/workload.ts";

// What people and programs wrote into objects may hold secrets; names, figures and times do not.

const MOST_CHARACTERS = 600;
// What kubectl applied last is the whole object once more.
const LEFT_OUT = /last-applied-configuration$/;

export function maskPod(pod: PodFacts): PodFacts {
  return { ...pod, ...masked(pod), conditions: pod.conditions.map(maskCondition), containers: pod.containers.map(maskContainer) };
}

export function maskWorkload(workload: WorkloadFacts): WorkloadFacts {
  const annotations = Object.entries(workload.annotations).filter(([name]) => !LEFT_OUT.test(name));
  return {
    ...workload,
    annotations: Object.fromEntries(annotations.map(([name, value]) => [name, short(maskVariable(name, value))])),
    conditions: workload.conditions.map(maskCondition),
    containers: workload.containers.map(maskContainer),
    environment: maskEnvironment(workload.environment),
    managers: workload.managers.map(({ fields, ...manager }) => ({ ...manager, fields: fields.slice(0, 100) })),
  };
}

export function maskRevision(revision: Revision): Revision {
  const { cause, containers, environment } = revision;
  return {
    ...revision,
    ...(cause === undefined ? {} : { cause: short(cause) }),
    containers: containers.map(maskContainer),
    environment: maskEnvironment(environment),
  };
}

export function maskEvent(event: ClusterEvent): ClusterEvent {
  return { ...event, message: short(event.message) };
}

export function maskNode(node: NodeFacts): NodeFacts {
  return { ...node, conditions: node.conditions.map(maskCondition) };
}

function maskContainer(container: PodContainer): PodContainer {
  const { commandLine, state, lastState } = container;
  return {
    ...container,
    ...(commandLine === undefined ? {} : { commandLine: short(commandLine) }),
    ...(state === undefined ? {} : { state: maskState(state) }),
    ...(lastState === undefined ? {} : { lastState: maskState(lastState) }),
    probes: Object.fromEntries(Object.entries(container.probes).map(([kind, asks]) => [kind, short(asks)])),
  };
}

function maskState(state: RunState): RunState {
  return state.kind === "running" ? state : { ...state, ...masked(state) };
}

function maskCondition(condition: Condition): Condition {
  return { ...condition, ...masked(condition) };
}

function maskEnvironment(environment: WorkloadFacts["environment"]): WorkloadFacts["environment"] {
  return Object.fromEntries(
    Object.entries(environment).map(([container, variables]) => [
      container,
      Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, short(maskVariable(name, value))])),
    ]),
  );
}

function masked({ message }: { readonly message?: string }): { readonly message?: string } {
  return message === undefined ? {} : { message: short(message) };
}

function short(text: string): string {
  const shown = maskSecrets(text.slice(0, MOST_CHARACTERS * 4));
  return shown.length <= MOST_CHARACTERS ? shown : `${shown.slice(0, MOST_CHARACTERS - 1)}…`;
}
