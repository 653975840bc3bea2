import { counted } from "../../domain/count.ts";
import type { Surroundings } from "../../domain/workload.ts";

/** Autoscalers, in words. `anew`: pods are made anew by this, and begin with little memory. */
export function autoscalersOf({ autoscalers }: Surroundings, { anew }: { readonly anew: boolean }): readonly string[] {
  return autoscalers.map(({ name, minReplicas, maxReplicas, metrics }) => {
    const by = metrics.length === 0 ? "" : ` by ${metrics.join(" and ")}`;
    const then = anew && metrics.includes("memory") ? ": new pods use less at first, so that it may take some away" : "";
    return `The autoscaler ${name} keeps it between ${minReplicas} and ${counted(maxReplicas, "replica")}${by}${then}`;
  });
}

export type Requested = { readonly before: number; readonly after: number };

/** What another request does to autoscalers that count use in percent of it. Bytes; 0: none is requested. */
export function scaledByRequest({ autoscalers }: Surroundings, { before, after }: Requested): readonly string[] {
  if (before === after) return [];
  return autoscalers.flatMap(({ name, minReplicas, maxReplicas, memoryPercentOfRequest: percent }) => {
    if (percent === undefined) return [];
    const keeps = `The autoscaler ${name} keeps memory at ${percent}% of what pods request`;
    if (after === 0) return [`${keeps}: where nothing is requested it goes by memory no more.`];
    if (before === 0) return [`${keeps}: it begins to go by memory now.`];
    const then = Math.round((percent * before) / after);
    const does = after > before ? "takes pods away" : "makes more pods";
    return [`${keeps}: what is ${percent}% now will be ${then}%, so that it ${does} (between ${minReplicas} and ${maxReplicas}).`];
  });
}
