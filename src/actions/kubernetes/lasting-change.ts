import type { Json } from "../../domain/json.ts";
import type { Afterwards, Plan } from "../../domain/plan.ts";
import { formatTarget } from "../../domain/target.ts";
import type { ObjectPlace } from "../../ports/cluster-acts.ts";
import { readBefore } from "../stored-schema.ts";
import type { KubernetesActionDeps } from "./deps.ts";
import { keepersOf } from "./owners.ts";
import { isObject } from "./pointer.ts";
import { look } from "./session.ts";
import { ChangeBefore } from "./stored/schema.ts";
import { renderYaml } from "./yaml.ts";

const KINDS: Readonly<Record<string, readonly [apiVersion: string, kind: string]>> = {
  deploy: ["apps/v1", "Deployment"],
  sts: ["apps/v1", "StatefulSet"],
  ds: ["apps/v1", "DaemonSet"],
  cronjob: ["batch/v1", "CronJob"],
  ingress: ["networking.k8s.io/v1", "Ingress"],
};

/** The same change where the object is made from, so that it lasts: who keeps it, the diff, and a patch for its source. */
export async function lastingChange(
  deps: KubernetesActionDeps,
  { plan, place }: { readonly plan: Plan; readonly place: ObjectPlace },
): Promise<Afterwards> {
  const { lasting } = readBefore(ChangeBefore, plan);
  if (lasting === undefined) return { says: [], files: [], offers: [] };
  const { facts } = await look(deps, plan.target);
  const [keeper] = keepersOf(facts);
  const says =
    keeper === undefined
      ? "For the change to last, the manifest that it is applied from has to say it too: the diff and a patch are below."
      : `${keeper.name} ${keeper.otherwise}: for the change to last, make it ${keeper.lasts}. The diff and a patch are below.`;
  const name = `${place.of === "ingress" ? "ingress" : place.resource}-${place.name}`;
  return {
    says: [says],
    files: [
      { name: `${name}.diff`, title: `Change of ${formatTarget(plan.target)}`, text: diffOf(plan) },
      { name: `${name}.patch.yaml`, title: "The same for kubectl patch or a kustomization", text: patchOf(place, lasting) },
    ],
    offers: [],
  };
}

/** Field by field, as the plan showed it. */
function diffOf({ target, changes }: Plan): string {
  const name = formatTarget(target);
  const fields = changes.map(({ what, before, after }) => `@@ ${what} @@\n-${before}\n+${after}`);
  return [`--- ${name}, as its source has it`, `+++ ${name}, as it is now`, ...fields, ""].join("\n");
}

function patchOf(place: ObjectPlace, lasting: Json): string {
  const { namespace, name } = place;
  const [apiVersion = "", kind = ""] = KINDS[place.of === "ingress" ? "ingress" : place.resource] ?? [];
  const body = isObject(lasting) ? lasting : {};
  const { metadata, ...rest } = body;
  return renderYaml({ apiVersion, kind, metadata: { name, namespace, ...(isObject(metadata) ? metadata : {}) }, ...rest });
}
