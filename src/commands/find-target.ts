import type { ErrorCode } from "../domain/errors.ts";
import { given } from "../domain/given.ts";
import { nearest } from "../domain/nearest.ts";
import { formatTarget, type Target } from "../domain/target.ts";
import type { AskedObject, KnownTarget, TargetList, Targets } from "../ports/planner.ts";
import { readTyped } from "./typed-target.ts";

export type TargetFound =
  | { readonly kind: "found"; readonly target: Target }
  /** Several may be meant: somebody must choose. */
  | { readonly kind: "several"; readonly targets: readonly Target[] }
  | NoTarget;

/** `nearest`: what a typo may have meant; `there`: some of what can be named, where nothing is near. */
export type NoTarget = {
  readonly kind: "none";
  readonly because: string;
  readonly nearest: readonly string[];
  readonly there: readonly string[];
  /** Why nobody knows whether it is there. */
  readonly unanswered?: ErrorCode;
};

const SOME = 5;
const LONGEST = 600;

/**
 * Looks up what was typed; where the list of a few seconds ago does not have it, anew: it may have been started since. What is
 * of a cluster is asked of that cluster, which knows pods, and some that are gone, beside what is listed.
 */
export async function lookUpTarget(typed: string, targets: Targets): Promise<TargetFound> {
  const asked = readTyped(typed.trim().slice(0, LONGEST));
  if (asked.kind === "object") return findObject(typed, asked.asked, targets);
  const found = findTarget(typed, await targets.list());
  if (found.kind === "found") return found;
  const anew = unlessNoneOf(asked, targets, findTarget(typed, await targets.list("anew")));
  if (anew.kind !== "none" || asked.kind !== "named" || asked.of !== undefined || asked.database !== undefined) return anew;
  const pods = (await targets.lookUp?.({ resource: "pod", name: asked.name.toLowerCase() }))?.targets ?? [];
  return pods.length === 0 ? anew : chosen(pods);
}

const UNCONFIGURED = {
  redis: "no Redis is configured (`redis.connections` in oomph.yaml)",
  docker: "no Docker host is configured (`docker.connections` in oomph.yaml)",
} as const;

/** There is none of that name, as there is none of its kind. */
function unlessNoneOf(asked: ReturnType<typeof readTyped>, targets: Targets, found: TargetFound): TargetFound {
  const of = kindIn(asked);
  if (found.kind !== "none" || of === undefined || targets.kinds().includes(of)) return found;
  return { ...found, because: `${found.because}: ${UNCONFIGURED[of]}` };
}

function kindIn(asked: ReturnType<typeof readTyped>): keyof typeof UNCONFIGURED | undefined {
  if (asked.kind === "elsewhere") return "docker";
  return asked.kind === "named" ? asked.of : undefined;
}

async function findObject(typed: string, asked: AskedObject, targets: Targets): Promise<TargetFound> {
  if (targets.lookUp === undefined) {
    const because = `there is no cluster to look for "${typed.trim()}" in: none is configured (\`kubernetes\` in oomph.yaml, or OOMPH_KUBECONFIG)`;
    return { ...unknown(asked.name, await targets.list(), because), nearest: [] };
  }
  const { targets: found, because, unanswered } = await targets.lookUp(asked);
  if (found.length > 0) return chosen(found);
  return { ...unknown(asked.name, await targets.list(), because ?? `there is no target "${typed.trim()}"`), ...given({ unanswered }) };
}

/** Looks up what was typed among names and aliases. A name is never guessed: parts of names give a choice. */
export function findTarget(typed: string, list: TargetList): TargetFound {
  const whole = typed.trim().slice(0, LONGEST);
  const written = namedExactly(whole, list.known);
  if (written.length > 0) return chosen(written);

  const asked = readTyped(whole);
  if (asked.kind === "wrong") return unknown(whole, list, asked.because);
  if (asked.kind === "elsewhere") return notOnHost(asked, list);
  if (asked.kind === "object") return unknown(asked.asked.name, list, `there is no target "${whole}"${unseen(list)}`);
  const candidates = list.known.filter(({ target }) => asked.of === undefined || target.kind === asked.of);
  const exact = namedExactly(asked.name, candidates);
  const found = exact.length > 0 ? exact : containing(asked.name, candidates);
  const meant = asked.database === undefined ? found : inDatabase(found, asked.database);
  if (meant.length === 0) return unknown(asked.name, list, `there is no target "${whole}"${unseen(list)}`);
  return exact.length > 0 ? chosen(meant) : { kind: "several", targets: meant };
}

function inDatabase(targets: readonly Target[], database: number): readonly Target[] {
  return targets.flatMap((target) => (target.kind === "redis" ? [{ ...target, database }] : []));
}

function chosen(found: readonly Target[]): TargetFound {
  const [only, ...others] = found;
  return only !== undefined && others.length === 0 ? { kind: "found", target: only } : { kind: "several", targets: found };
}

function namedExactly(name: string, known: readonly KnownTarget[]): readonly Target[] {
  const wanted = name.toLowerCase();
  const byName = known.filter(({ target }) => target.name.toLowerCase() === wanted || formatTarget(target).toLowerCase() === wanted);
  const found = byName.length > 0 ? byName : known.filter(({ aliases }) => aliases.some((alias) => alias.toLowerCase() === wanted));
  return found.map(({ target }) => target);
}

function containing(part: string, known: readonly KnownTarget[]): readonly Target[] {
  const wanted = part.toLowerCase();
  if (wanted.length < 3) return [];
  return known
    .filter(({ target, aliases }) => [target.name, ...aliases].some((name) => name.toLowerCase().includes(wanted)))
    .map(({ target }) => target);
}

/** What is on a host that does not answer cannot be named: that it is not found proves nothing. */
function unseen({ missing }: TargetList): string {
  const [first] = missing;
  return first === undefined ? "" : `, as far as can be seen: ${first.source} does not answer (${first.because.slice(0, 200)})`;
}

/** Was the host mistyped, or the container? A container of that name on another host is the likeliest. */
function notOnHost({ host, container }: { readonly host: string; readonly container: string }, list: TargetList): NoTarget {
  const containers = list.known.flatMap(({ target }) => (target.kind === "docker" ? [target] : []));
  const hosts = [...new Set([...containers.map(({ connection }) => connection), ...list.missing.map(({ source }) => source)])];
  const isHost = hosts.includes(host);
  const onHost = containers.filter(({ connection }) => connection === host);
  const close = nearest(
    container,
    onHost.map(({ name }) => name),
  );
  const there = onHost.length > 0 ? onHost : containers;
  const meant = isHost
    ? onHost.filter(({ name }) => close.includes(name))
    : containers.filter(({ name }) => name.toLowerCase() === container.toLowerCase());
  const which = isHost ? `on Docker host "${host}"` : `on a Docker host called "${host}"`;
  const others = isHost || hosts.length === 0 ? "" : ` (containers are known of ${hosts.slice(0, SOME).join(", ")})`;
  return {
    kind: "none",
    because: `there is no container "${container}" ${which}${others}${unseen(list)}`,
    nearest: meant.map(formatTarget).slice(0, SOME),
    there: there.map(formatTarget).slice(0, SOME),
  };
}

function unknown(name: string, { known }: TargetList, because: string): NoTarget {
  const names = known.flatMap(({ target, aliases }) => [target.name, ...aliases]);
  const near = nearest(name, names).flatMap((close) => namedExactly(close, known).map(formatTarget));
  return {
    kind: "none",
    because,
    nearest: [...new Set(near)],
    there: known.slice(0, SOME).map(({ target }) => formatTarget(target)),
  };
}
