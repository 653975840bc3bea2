import type { Alert, AlertSource } from "../domain/alert.ts";
import type { Incident } from "../domain/incident.ts";
import { keepFresh, type KeptFresh } from "../domain/keep-fresh.ts";
import { formatTarget, type Target } from "../domain/target.ts";
import type { Desk } from "../incidents/desk.ts";
import { UNRESOLVED } from "../incidents/unresolved.ts";
import type { MemoryBoard } from "../ports/memory-history.ts";
import type { IncidentTable } from "../ports/store.ts";
import type { Victim } from "./find-victim.ts";

/** More is no choice; whoever misses one types its name. */
const MOST_TARGETS = 25;
const PATIENCE_MS = 5_000;
/** In a heap of such alerts what is nearest to its limit is read once. */
const FRESH_MS = 60_000;

type Asked = {
  readonly desk: Pick<Desk, "targets" | "clock"> & {
    readonly store: {
      readonly incidents: { list(filter: Parameters<IncidentTable["list"]>[0]): Promise<readonly Pick<Incident, "labels">[]> };
    };
  };
  readonly memory: Pick<MemoryBoard, "top">;
};

/**
 * Whom an alert about memory may mean that names nobody, such as a group of several in Alertmanager's own template, whose
 * title has only what they share: what shares most of its words, the nearest to its limit first. Undefined: it names
 * somebody, or there is nothing that it can mean; `told`: it came by another way as well, with all its labels.
 */
export async function mayBeMeant(front: Asked, alert: Alert): Promise<Extract<Victim, { kind: "several" }> | "told" | undefined> {
  const { about, names, hosts, namespace, pod, container, owner } = alert.subject;
  const isNamed = [pod, container, owner, ...hosts, ...alert.kills].some((one) => one !== undefined);
  if (isNamed || KINDS[about].length === 0) return undefined;
  if (await isOpen(front.desk, alert)) return "told";
  const all = (await inOrder(front)).filter(({ kind }) => KINDS[about].includes(kind));
  const targets = fitting(all, namespace === undefined ? names : [namespace, ...names]).slice(0, MOST_TARGETS);
  return targets.length === 0 ? undefined : { kind: "several", targets, because: `${HERE} ${FIRST} ${missingIn(alert.source)}` };
}

const KINDS: Readonly<Record<Alert["subject"]["about"], readonly Target["kind"][]>> = {
  redis: [],
  node: ["node"],
  // A pod's container is called so too.
  container: ["docker", "workload"],
  workload: ["workload"],
  unknown: ["workload", "docker"],
};

const MOST_OPEN = 200;

/** Has an open incident an alert of this name? */
async function isOpen({ store }: Asked["desk"], { name }: Alert): Promise<boolean> {
  if (name === null) return false;
  const open = await store.incidents.list({ states: UNRESOLVED, limit: MOST_OPEN });
  return open.some(({ labels }) => labels?.["alertname"]?.includes(name) === true);
}

/** Without a word all may be meant; a word that fits none is somebody who is not known. */
function fitting(targets: readonly Target[], words: readonly string[]): readonly Target[] {
  if (words.length === 0) return targets;
  const shared = targets.map((target) => ({ target, words: words.filter((word) => wordsOf(target).includes(word)).length }));
  const most = Math.max(0, ...shared.map((one) => one.words));
  return most === 0 ? [] : shared.filter((one) => one.words === most).map(({ target }) => target);
}

function wordsOf(target: Target): readonly (string | undefined)[] {
  return target.kind === "workload" ? [target.namespace, target.name, target.container, target.connection] : [target.name];
}

const IN_ORDER = new WeakMap<Asked["desk"], KeptFresh<readonly Target[]>>();

async function inOrder(asked: Asked): Promise<readonly Target[]> {
  const { desk } = asked;
  const keep = { freshMs: FRESH_MS, patienceMs: 2 * PATIENCE_MS, late: [], clock: desk.clock };
  const kept = IN_ORDER.get(desk) ?? keepFresh(() => readNow(asked), keep);
  IN_ORDER.set(desk, kept);
  return kept();
}

/** The fullest first, then what nobody reads. */
async function readNow({ desk, memory }: Asked): Promise<readonly Target[]> {
  const { known } = await desk.targets.list();
  const { rows } = await memory.top(AbortSignal.timeout(PATIENCE_MS)).catch(() => ({ rows: [] }));
  const read = new Map(rows.map(({ target }) => [formatTarget(target), target]));
  const covered = new Set(rows.map(({ target }) => nameWithoutPod(target)));
  return [...read.values(), ...known.map(({ target }) => target).filter((target) => !covered.has(nameWithoutPod(target)))];
}

function nameWithoutPod(target: Target): string {
  if (target.kind !== "workload") return formatTarget(target);
  const { pod: _pod, container: _container, ...owner } = target;
  return formatTarget(owner);
}

const HERE = "This is about memory, but it does not say whose.";
const FIRST = "First in the list is what is nearest to its limit now.";

function missingIn(source: AlertSource): string {
  return source === "alertmanager"
    ? "Of several alerts in a group Alertmanager's own template posts only the labels that they share: `examples/alertmanager/oomph.tmpl` posts those of each, and its webhook has them too."
    : "A label for the pod, the container or the node in its message would tell.";
}
