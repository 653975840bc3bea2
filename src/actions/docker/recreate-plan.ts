import { formatBytes, typedBytes } from "../../domain/bytes.ts";
import { formatDuration } from "../../domain/duration.ts";
import type { Json } from "../../domain/json.ts";
import { maskVariable } from "../../domain/mask-secrets.ts";
import type { ActionDoc, Plan, Planned } from "../../domain/plan.ts";
import { formatTarget } from "../../domain/target.ts";
import type { Dependent, OwnLayer } from "../../ports/container-acts.ts";
import type { MemorySize } from "../params-schema.ts";
import { shown } from "../words.ts";
import { refused, shortId, type ContainerSession } from "./container-session.ts";
import type { DockerActionDeps } from "./deps.ts";
import { secretsAmong } from "./environment.ts";
import { hostWarnings, memoryInWords, newLimit, swapInWords, type NewLimit } from "./memory-limits.ts";
import { digestOfRest } from "./recreate-compare.ts";
import { isCalledPrevious, LABELS } from "./recreate-names.ts";
import type { Vitals } from "./stored/schema.ts";

/** What is asked for, and how it is told. */
export type Wish = {
  readonly doc: ActionDoc;
  readonly set: Readonly<Record<string, string>>;
  readonly unset: readonly string[];
  readonly limit?: MemorySize | undefined;
  readonly vitals: Vitals;
  /** The first line; the limit is added to it. */
  readonly summary: string;
  /** Rows and warnings of the action's own, before those of every re-creation. */
  readonly changes?: Plan["changes"];
  readonly warnings?: readonly string[];
  /** Planned again with these, the scope is equal. The limit is added as a size. */
  readonly params: Readonly<Record<string, Json>>;
};

type Limit = Extract<NewLimit, { kind: "limit" }>;

/** The plan of a re-creation, or why there is none. */
export async function planRecreation(deps: DockerActionDeps, session: ContainerSession, wish: Wish): Promise<Planned> {
  const { acts, host, definition, facts, target } = session;
  const name = formatTarget(target);
  const sized = wish.limit === undefined ? undefined : newLimit(session, wish.limit);
  if (sized?.kind === "refused") return sized;
  const because = cannotBeMadeAnew(session) ?? refusedVariables(session, wish) ?? (await brokenOff(session));
  if (because !== undefined) return refused(because);
  const limit = sized?.same === true ? undefined : sized;
  const changed = Object.entries(wish.set).filter(([variable, value]) => definition.environment[variable] !== value);
  if (changed.length === 0 && wish.unset.length === 0 && limit === undefined)
    return refused(`${name} has all of that already: there is nothing to change.`);

  await acts.checkRights(["create", "stop", "update", "rename", "start", "remove"]);
  const [dependents, layer] = await Promise.all([acts.dependents(facts.id), acts.ownLayer(facts.id)]);
  const older = (await host.list()).find(({ id }) => id === definition.labels[LABELS.replaces]);
  const replaces = older !== undefined && isCalledPrevious(older, definition.name) ? older : undefined;
  const told: Told = { wish, limit, dependents, layer, replaces: replaces?.name };
  const scope = {
    id: facts.id,
    imageId: definition.imageId,
    rest: digestOfRest(definition),
    set: { ...wish.set },
    unset: [...wish.unset],
    ...(limit === undefined ? {} : { memory: { from: limit.from, to: limit.to } }),
  };
  const plan: Plan = {
    actionId: wish.doc.id,
    target,
    risk: wish.doc.risk,
    ...describe(deps, session, told),
    params: { ...wish.params, ...(sized === undefined ? {} : { limit: typedBytes(sized.to.memoryBytes) }) },
    scope,
    before: { vitals: wish.vitals, restartPolicy: definition.restartPolicy, ...(replaces === undefined ? {} : { replaces: replaces.id }) },
  };
  return { kind: "planned", plan };
}

function cannotBeMadeAnew({ target, facts, definition }: ContainerSession): string | undefined {
  const name = formatTarget(target);
  if (definition.autoRemove) {
    return `${name} was started with --rm: Docker removes it, and its anonymous volumes, as soon as it stops, so there would be nothing to come back to. Start it without --rm first.`;
  }
  if (!definition.hasImage)
    return `the image of ${name} (${definition.image}) is not on the host any more, so no container like it can be made. Pull it first.`;
  if (facts.state === "running" || facts.state === "restarting" || facts.state === "exited") return undefined;
  return `${name} is ${facts.state}: expected one that runs, or that has ended.`;
}

function refusedVariables({ target, definition }: ContainerSession, { set, unset }: Wish): string | undefined {
  const name = formatTarget(target);
  const both = unset.find((variable) => variable in set);
  if (both !== undefined) return `${both} is to be set and unset at once: leave out one.`;
  const missing = unset.find((variable) => !(variable in definition.environment));
  if (missing !== undefined)
    return `${missing} is not set in ${name}, so it cannot be unset. Names are written in upper and lower case as they are.`;
  const [secret] = secretsAmong(set);
  if (secret === undefined) return undefined;
  return `${secret} looks like a secret, and what is asked for here is kept in requests and in the audit. Change it where ${name} is deployed; what it has now is carried over unseen.`;
}

/** A new container that was made and never got the name: the old one may be stopped. */
async function brokenOff({ host, definition, target }: ContainerSession): Promise<string | undefined> {
  const left = (await host.list()).find(
    (one) => one.labels[LABELS.container] === definition.name && one.name.startsWith(`${definition.name}-oomph-`),
  );
  if (left === undefined) return undefined;
  return `an earlier change of ${formatTarget(target)} was broken off and left ${left.name}: docker.rollback puts that right first.`;
}

type Told = {
  readonly wish: Wish;
  readonly limit: Limit | undefined;
  readonly dependents: readonly Dependent[];
  readonly layer: OwnLayer;
  /** Name of what an earlier change left. */
  readonly replaces: string | undefined;
};

function describe(
  deps: DockerActionDeps,
  session: ContainerSession,
  told: Told,
): Pick<Plan, "summary" | "changes" | "blastRadius" | "warnings" | "wayBack"> {
  const { wish, limit } = told;
  const { definition } = session;
  const fields = Object.keys(definition.fields).length;
  return {
    summary: `${wish.summary}${limit === undefined ? "" : `, limit ${memoryInWords(limit.to)} (now ${memoryInWords(limit.from)})`}: the container is made anew`,
    changes: [
      ...variableRows(session, wish),
      ...(limit === undefined
        ? []
        : [
            { what: "Memory limit", before: memoryInWords(limit.from), after: memoryInWords(limit.to) },
            { what: "Swap beside it", before: swapInWords(limit.from), after: swapInWords(limit.to) },
          ]),
      ...(wish.changes ?? []),
      {
        what: "Everything else",
        before: `${fields} settings of ${shortId(definition.id)}`,
        after: "the same, compared one by one before the old one is stopped",
      },
    ],
    blastRadius: [
      `The service is down from the stop of the old container (up to ${formatDuration(definition.stopTimeoutMs)}) to the start of the new one`,
      ...told.dependents.map((one) => hangsOn(one)),
    ],
    warnings: [...(wish.warnings ?? []), ...warnings(session, told)],
    wayBack: `Swaps the old container back: it is stopped and kept as it is${deps.settleMs > 0 ? ". If the new one cannot be started or ends at once, that happens by itself" : ""}.`,
  };
}

function variableRows({ definition }: ContainerSession, { set, unset }: Wish): Plan["changes"] {
  const now = (name: string): string => {
    const value = definition.environment[name];
    return value === undefined ? "not set" : shown(maskVariable(name, value));
  };
  return [
    ...Object.entries(set).map(([name, value]) => ({ what: name, before: now(name), after: value === "" ? "set, empty" : shown(value) })),
    ...unset.map((name) => ({ what: name, before: now(name), after: "not set" })),
  ];
}

function hangsOn({ name, through, running }: Dependent): string {
  const state = running ? "" : " (stopped now)";
  if (through === "volumes") return `${name}${state} takes its volumes from it; it has them still, and finds them until it is made anew`;
  return `${name}${state} shares its ${through} with the old container: it is cut off until it is made anew too`;
}

function warnings(session: ContainerSession, { limit, layer, replaces }: Told): readonly string[] {
  const { definition } = session;
  const compose = definition.labels["com.docker.compose.service"];
  const paths = layer.paths.length === 0 ? "" : `, such as ${layer.paths.map((path) => shown(path)).join(", ")}`;
  return [
    ...(definition.randomPorts.length === 0 ? [] : [`Docker chooses the host's port anew for ${definition.randomPorts.join(", ")}.`]),
    ...(layer.bytes === 0
      ? []
      : [
          `It has written ${formatBytes(layer.bytes)} outside its volumes${paths}: that stays with the old container and is not in the new one.`,
        ]),
    `The old container is kept, stopped, and takes ${formatBytes(layer.bytes)} of disk, until docker.remove-previous or the next such change.`,
    ...(replaces === undefined ? [] : [`${replaces}, kept from the change before, is removed once the new one stands.`]),
    ...(compose === undefined
      ? ["It lasts until the container is made anew by other means: change the command or file that makes it, too."]
      : [
          `Compose sees two containers of the service ${compose} meanwhile, and undoes the change when it makes the container anew: change its file too.`,
        ]),
    ...(limit === undefined ? [] : hostWarnings(session, limit.to)),
  ];
}
