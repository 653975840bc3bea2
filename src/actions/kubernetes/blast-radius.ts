import { counted } from "../../domain/count.ts";
import type { Json } from "../../domain/json.ts";
import type { Surroundings } from "../../domain/workload.ts";
import { autoscalersOf } from "./autoscaling.ts";
import { keepersOf } from "./owners.ts";
import { textOf, valueAt } from "./pointer.ts";
import type { WorkloadSession } from "./session.ts";

/** Who and what is touched, what else has a say, and whether what becomes of it can be followed. */
export type Radius = {
  readonly touched: readonly string[];
  readonly warnings: readonly string[];
  /** Are pods made anew by a changed template, by themselves? */
  readonly rolls: boolean;
  /** What the way back brings about, as a sentence. */
  readonly again: string;
};

/** What a changed template brings about. Pure. */
export function radiusOfRollout({ facts }: WorkloadSession, definition: Json, surroundings: Surroundings): Radius {
  const { replicas, resource } = facts;
  if (resource === "cronjob")
    return {
      touched: ["The runs to come; one that is under way goes on as it is"],
      warnings: [],
      rolls: false,
      again: "The runs to come have that then.",
    };
  const strategy = strategyOf(definition);
  if (facts.paused)
    return {
      touched: ["No pod, while its rollout is paused", ...autoscalersOf(surroundings, { anew: false })],
      warnings: [`It is paused: pods are made anew once it is resumed (kubectl rollout resume).`],
      rolls: false,
      again: "No pod is made anew while its rollout is paused.",
    };
  if (strategy.type === "OnDelete")
    return {
      touched: ["No pod by itself: its strategy is OnDelete", ...autoscalersOf(surroundings, { anew: false })],
      warnings: ["Each pod takes the change when it is deleted: k8s.delete-pod, one after the other."],
      rolls: false,
      again: "Each pod takes that when it is deleted.",
    };
  const wanted = replicas?.wanted ?? 0;
  const all = wanted === 1 ? "Its one pod is made anew" : `All ${counted(wanted, "pod")} are made anew`;
  const partition =
    strategy.partition === undefined ? [] : [`Only pods from number ${strategy.partition} on are made anew: its strategy has a partition.`];
  return {
    touched: [
      `${all}, ${pace(strategy, wanted)}`,
      "Requests that they are working on are cut off when their grace period ends",
      ...budgetsOf(surroundings, { heeded: false }),
      ...autoscalersOf(surroundings, { anew: true }),
    ],
    warnings: partition,
    rolls: strategy.partition === undefined,
    again: "Its pods are made anew once more.",
  };
}

/** Who sets a change back that they do not know of, and what else moves the workload. */
export function keeperWarnings({ facts }: Pick<WorkloadSession, "facts">): readonly string[] {
  return keepersOf(facts).map(
    ({ name, otherwise, lasts }) =>
      `${name} looks after it and ${otherwise}: the change lasts once it is made ${lasts}, and the diff for that is posted afterwards.`,
  );
}

/** Disruption budgets, in words. `heeded`: what is done keeps to them, as evictions alone do in Kubernetes. */
export function budgetsOf({ budgets }: Surroundings, { heeded }: { readonly heeded: boolean }): readonly string[] {
  return budgets.map(({ name, says, disruptionsAllowed }) => {
    const besides = heeded ? "" : ". It holds back evictions, as of drained nodes, which wait meanwhile, and not this";
    return `Disruption budget ${name}: ${says}, ${disruptionsAllowed} may be away now${besides}`;
  });
}

type Strategy = { readonly type?: string; readonly partition?: number; readonly surge?: string; readonly unavailable?: string };

function strategyOf(definition: Json): Strategy {
  const at = (path: string): Json | undefined =>
    valueAt(definition, `/spec/strategy${path}`) ?? valueAt(definition, `/spec/updateStrategy${path}`);
  const [type, partition] = [at("/type"), at("/rollingUpdate/partition")];
  const [surge, unavailable] = [at("/rollingUpdate/maxSurge"), at("/rollingUpdate/maxUnavailable")];
  return {
    ...(typeof type === "string" ? { type } : {}),
    ...(typeof partition === "number" && partition > 0 ? { partition } : {}),
    ...(surge === undefined ? {} : { surge: textOf(surge) }),
    ...(unavailable === undefined ? {} : { unavailable: textOf(unavailable) }),
  };
}

function pace({ type, surge, unavailable }: Strategy, wanted: number): string {
  if (type === "Recreate") return "all at once: the service is away until the new ones are ready (strategy Recreate)";
  const rules = [...(surge === undefined ? [] : [`${surge} more`]), ...(unavailable === undefined ? [] : [`${unavailable} fewer`])];
  const at = rules.length === 0 ? "" : ` (${rules.join(" and ")} than wanted at a time)`;
  return wanted === 1 ? `the new one beside the old one where there is room${at}` : `one after the other${at}`;
}
