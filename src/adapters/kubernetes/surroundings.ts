import { codeOf, messageOf } from "../../domain/errors.ts";
import { given } from "../../domain/given.ts";
import type { Surroundings } from "../../domain/workload.ts";
import type { WorkloadName } from "../../ports/clusters.ts";
import type { KubernetesCallName } from "./calls.ts";
import { matchesSelector } from "./label-selector.ts";
import { getWorkloadObject, type Asking } from "./objects.ts";
import { listAll } from "./pages.ts";
import { parseBytesQuantity } from "../../domain/quantity.ts";
import { Workload, type Schema } from "./schema.ts";
import { Autoscaler, Budget, LimitRange, Quota } from "./surroundings-schema.ts";

const KINDS: Readonly<Partial<Record<WorkloadName["resource"], string>>> = { deploy: "Deployment", sts: "StatefulSet" };

/** What guards or moves a workload. What may not be listed is named in `gaps`. */
export async function readSurroundings(asking: Asking, name: WorkloadName): Promise<Surroundings> {
  const gaps: string[] = [];
  const labels = await podLabels(asking, name);

  async function all<Value>(call: KubernetesCallName, schema: Schema<Value>): Promise<readonly Value[]> {
    try {
      const version = await asking.discovery.versionFor(call);
      if (version === undefined) return [];
      const items = await listAll(asking.client, { call, namespace: name.namespace, version });
      return items.flatMap((item) => schema.safeParse(item).data ?? []);
    } catch (error) {
      if (codeOf(error) !== "no-rights") throw error;
      gaps.push(messageOf(error));
      return [];
    }
  }
  const [autoscalers, budgets, quotas, limitRanges] = await Promise.all([
    all("listAutoscalers", Autoscaler),
    all("listBudgets", Budget),
    all("listQuotas", Quota),
    all("listLimitRanges", LimitRange),
  ]);
  return {
    autoscalers: autoscalers.filter((one) => moves(one, name)).map(readAutoscaler),
    budgets: budgets.filter(({ spec }) => matchesSelector(spec?.selector, labels)).map(readBudget),
    quotas: quotas.flatMap(readQuota),
    limitRanges: limitRanges.flatMap(readLimitRange),
    ...(gaps.length === 0 ? {} : { gaps }),
  };
}

/** Of its pods, as the template has them. */
export async function podLabels(asking: Asking, name: WorkloadName): Promise<Readonly<Record<string, string>>> {
  const read = Workload.safeParse(await getWorkloadObject(asking, name));
  const { metadata, spec } = read.success ? read.data : {};
  if (name.resource === "pod") return metadata?.labels ?? {};
  return (spec?.template ?? spec?.jobTemplate?.spec?.template)?.metadata?.labels ?? {};
}

function moves({ spec }: Autoscaler, { resource, name }: WorkloadName): boolean {
  const kind = KINDS[resource];
  return kind !== undefined && spec?.scaleTargetRef?.kind === kind && spec.scaleTargetRef.name === name;
}

function readAutoscaler({ metadata, spec, status }: Autoscaler): Surroundings["autoscalers"][number] {
  const byRequest = (spec?.metrics ?? [])
    .map(({ resource, containerResource }) => resource ?? containerResource)
    .find((one) => one?.name === "memory" && one.target?.averageUtilization !== undefined);
  return {
    name: metadata?.name ?? "",
    minReplicas: spec?.minReplicas ?? 1, // as the server fills it in
    maxReplicas: spec?.maxReplicas ?? 0,
    currentReplicas: status?.currentReplicas ?? 0,
    metrics: (spec?.metrics ?? []).map(
      ({ type = "", resource, containerResource, pods, object, external }) =>
        (resource ?? containerResource ?? pods?.metric ?? object?.metric ?? external?.metric)?.name ?? type,
    ),
    ...given({ memoryPercentOfRequest: byRequest?.target?.averageUtilization }),
  };
}

function readBudget({ metadata, spec, status }: Budget): Surroundings["budgets"][number] {
  const { minAvailable, maxUnavailable } = spec ?? {};
  const says = minAvailable === undefined ? `at most ${maxUnavailable ?? 0} away at once` : `at least ${minAvailable} available`;
  return { name: metadata?.name ?? "", disruptionsAllowed: status?.disruptionsAllowed ?? 0, says };
}

function readQuota({ metadata, status }: Quota): Surroundings["quotas"] {
  return Object.entries(status?.hard ?? {}).flatMap(([resource, hard]) => {
    const hardBytes = parseBytesQuantity(hard);
    if (!/(^|\.)memory$/.test(resource) || hardBytes === undefined) return [];
    const usedBytes = parseBytesQuantity(status?.used[resource]) ?? 0;
    return [{ name: metadata?.name ?? "", resource, usedBytes, hardBytes }];
  });
}

function readLimitRange({ metadata, spec }: LimitRange): Surroundings["limitRanges"] {
  return (spec?.limits ?? []).flatMap(({ type, max, default: usual }) => {
    const bytes = given({ maxBytes: parseBytesQuantity(max["memory"]), defaultBytes: parseBytesQuantity(usual["memory"]) });
    return type !== "Container" || Object.keys(bytes).length === 0 ? [] : [{ name: metadata?.name ?? "", ...bytes }];
  });
}
