import type { Json } from "../../domain/json.ts";
import { isMasked, maskVariable } from "../../domain/mask-secrets.ts";
import type { Plan, Planned } from "../../domain/plan.ts";
import { formatTarget, type Target } from "../../domain/target.ts";
import type { Action } from "../action.ts";
import type { Effect } from "../effect.ts";
import type { PlainOperation } from "./change.ts";
import { changing } from "./changing.ts";
import type { KubernetesActionDeps } from "./deps.ts";
import { unfit, WITH_TEMPLATE } from "./kinds.ts";
import { patchOfContainer } from "./lasting-patch.ts";
import { isList, isObject, pointerTo, textOf, valueAt, type JsonObject } from "./pointer.ts";
import { planRollout, readRollout, type Rollout } from "./plan-rollout.ts";
import { EnvironmentParams, readParams } from "./schema.ts";
import { patching, planOn, refused, type WorkloadSession } from "./session.ts";
import { containerIn, type FoundContainer } from "./template-containers.ts";

const DOC = {
  id: "k8s.set-environment",
  title: "Set environment",
  risk: "disruptive",
  targetKind: "workload",
  params: [
    { name: "set", says: 'NAME=value, one per line, or {"NAME": "value"}', required: false },
    { name: "unset", says: "names of variables to take away", required: false },
    { name: "container", says: "which container of the template; needless where there is one", required: false },
  ],
} as const satisfies Partial<Action>;

/** kubectl set env: variables with a value of their own, of one container of the template. Those that come from elsewhere are left alone. */
export function setEnvironment(deps: KubernetesActionDeps): Action {
  return { ...DOC, plan: (target, params) => planEnvironment(deps, target, params), ...changing(deps, { effect: effectOfVariables }) };
}

async function planEnvironment(deps: KubernetesActionDeps, target: Target, given: Readonly<Record<string, Json>>): Promise<Planned> {
  const read = readParams(EnvironmentParams, DOC, given);
  if (read.kind === "refused") return read;
  const because = unfit(target, WITH_TEMPLATE, "given another environment");
  if (because !== undefined) return refused(because);
  const { set, unset, container: wanted } = read.params;
  if (Object.keys(set).length + unset.length === 0) return refused(`${DOC.id}: expected --set NAME=value or --unset NAME, got neither.`);
  const secrets = Object.entries(set).filter(([name, value]) => isMasked(maskVariable(name, value)));
  if (secrets.length > 0)
    return refused(
      `${secrets.map(([name]) => name).join(", ")} looks like a secret, and plans are stored and shown: put it into a Secret, and the workload's manifest, yourself.`,
    );
  return planOn(deps, { target, rights: patching }, async (session) => {
    const rollout = await readRollout(session);
    const looked = containerIn(session.facts, rollout.object.definition, wanted ?? session.target.container);
    if (looked.kind === "refused") return looked;
    return planVariables(deps, session, { rollout, container: looked.container, set, unset });
  });
}

type Working = { readonly rollout: Rollout; readonly container: FoundContainer } & Pick<EnvironmentParams, "set" | "unset">;

async function planVariables(deps: KubernetesActionDeps, session: WorkloadSession, working: Working): Promise<Planned> {
  const { rollout, container, set, unset } = working;
  const name = formatTarget(session.target);
  const entries = entriesAt(rollout.object.definition, `${container.at}/env`);
  const names = [...Object.keys(set), ...unset];
  const elsewhere = entries.filter((entry) => names.includes(nameOf(entry)) && entry["valueFrom"] !== undefined);
  if (elsewhere.length > 0)
    return refused(
      `${elsewhere.map(nameOf).join(", ")} of ${container.name} comes from elsewhere (${elsewhere.map(sourceOf).join(", ")}) and is left alone: change it there.`,
    );
  const operations = operationsFor(entries, working);
  if (operations.length === 0) return refused(`the environment of ${container.name} of ${name} is so already: there is nothing to change.`);
  return planRollout(
    deps,
    { session, rollout },
    {
      doc: DOC,
      operations,
      guards: [`${container.at}/name`, `${container.at}/env`],
      summary: `Set ${[...Object.keys(set), ...unset.map((one) => `no ${one}`)].join(", ")} in ${container.name} of ${name}`,
      warnings: [],
      ...(await wayBack(session, entries, working)),
      params: { container: container.name, set: { ...set }, unset: [...unset] },
      lasting: patchOfContainer(session.name, container, {
        env: [
          ...Object.entries(set).map(([variable, value]) => ({ name: variable, value })),
          ...unset.map((variable) => ({ name: variable, $patch: "delete" })),
        ],
      }),
    },
  );
}

/** Each variable where it stands; new ones at the end, one that stands twice at its last place, which counts. Taken away from behind. */
function operationsFor(entries: readonly JsonObject[], { container, set, unset }: Working): readonly PlainOperation[] {
  const at = (index: number): string => `${container.at}/env${pointerTo(index)}`;
  const places = (variable: string): readonly number[] => entries.flatMap((entry, index) => (nameOf(entry) === variable ? [index] : []));
  const fresh = Object.entries(set).filter(([variable]) => places(variable).length === 0);
  const changed = Object.entries(set).flatMap(([variable, value]): readonly PlainOperation[] => {
    const place = places(variable).at(-1);
    return place === undefined || (entries[place]?.["value"] ?? "") === value ? [] : [{ op: "add", path: `${at(place)}/value`, value }];
  });
  const added = fresh.map(([variable, value], index): PlainOperation => ({
    op: "add",
    path: at(entries.length + index),
    value: { name: variable, value },
  }));
  const removed = unset.flatMap(places).toSorted((left, right) => right - left);
  const made: readonly PlainOperation[] =
    entries.length === 0 && added.length > 0 ? [{ op: "add", path: `${container.at}/env`, value: [] }] : [];
  return [...made, ...changed, ...added, ...removed.map((index): PlainOperation => ({ op: "remove", path: at(index) }))];
}

/** The values before; where one of them is a secret, which no plan may hold, the rollout before. */
async function wayBack(session: WorkloadSession, entries: readonly JsonObject[], { container, set, unset, rollout }: Working) {
  const names = [...Object.keys(set), ...unset];
  const before = Object.fromEntries(
    entries.filter((entry) => names.includes(nameOf(entry))).map((entry) => [nameOf(entry), textOf(entry["value"])]),
  );
  const isSecret = Object.entries(before).some(([name, value]) => isMasked(maskVariable(name, value)));
  if (!isSecret) {
    const gone = Object.keys(set).filter((name) => !(name in before));
    const params = { container: container.name, set: before, unset: gone };
    return { wayBack: `Sets the values before. ${rollout.radius.again}`, back: { actionId: DOC.id, params } } as const;
  }
  const [newest] = await session.cluster.revisions(session.name);
  if (newest === undefined)
    return { wayBack: "None: a value before is a secret, which Oomph does not keep. Put it back by hand." } as const;
  const back = { actionId: "k8s.rollout-undo", params: { revision: newest.revision } };
  return { wayBack: `Goes back to revision ${newest.revision}: a value before is a secret, which Oomph does not keep.`, back } as const;
}

/** By name: a list's places move. */
function effectOfVariables(definition: Json, plan: Plan): Effect {
  const { set, unset, container } = EnvironmentParams.parse(plan.params);
  const { resource = "deploy", name = "" } = plan.target.kind === "workload" ? plan.target : {};
  const looked = containerIn({ resource, name }, definition, container);
  const entries = looked.kind === "found" ? entriesAt(definition, `${looked.container.at}/env`) : [];
  const valueOf = (variable: string) => entries.findLast((entry) => nameOf(entry) === variable);
  const wrong = [
    ...Object.entries(set).filter(
      ([variable, value]) => (valueOf(variable)?.["value"] ?? undefined) !== value && !(value === "" && valueOf(variable) !== undefined),
    ),
    ...unset.filter((variable) => valueOf(variable) !== undefined).map((variable) => [variable, ""] as const),
  ].map(([variable]) => variable);
  const names = [...Object.keys(set), ...unset].join(", ");
  const inEffect = wrong.length === 0;
  return {
    inEffect,
    says: inEffect ? `${names} as approved.` : `${wrong.join(", ")} not as approved: somebody has changed it again.`,
    rows: [
      { what: "Environment", before: "-", after: inEffect ? `${names} as approved` : `${wrong.join(", ")} not as approved`, ok: inEffect },
    ],
    elseTry: "Investigate again: what takes the memory, and whether it still grows.",
  };
}

function entriesAt(definition: Json, pointer: string): readonly JsonObject[] {
  const list = valueAt(definition, pointer);
  return isList(list) ? list.map((entry) => (isObject(entry) ? entry : {})) : [];
}

function nameOf(entry: JsonObject): string {
  return typeof entry["name"] === "string" ? entry["name"] : "";
}

/** `secretKeyRef db/password` */
function sourceOf({ valueFrom }: JsonObject): string {
  const [kind, from] = isObject(valueFrom) ? (Object.entries(valueFrom)[0] ?? []) : [];
  const { name, key } = isObject(from) ? from : {};
  return [kind ?? "elsewhere", ...(typeof name === "string" ? [`${name}/${textOf(key)}`] : [])].join(" ");
}
