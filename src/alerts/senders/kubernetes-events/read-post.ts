import type { AlertFacts, Severity } from "../../../domain/alert.ts";
import { given } from "../../../domain/given.ts";
import { bounded, severityOf } from "../../facts.ts";
import { labelsInText } from "../../labels-in-text.ts";
import { timeInText } from "../../time-in-text.ts";
import { comparable } from "../../victim-labels.ts";
import type { Said } from "../../said.ts";
import type { ReadPost } from "../sender.ts";

// kubewatch: "A `pod` in namespace `shop` has been `Deleted`:\n`web-1`"
const KUBEWATCH =
  /\ba [`*]{0,2}(pod|deployment|node|job|statefulset|daemonset)[`*]{0,2} in namespace [`*]{0,2}([\w.-]{1,253})[`*]{0,2} has been [`*]{0,2}(\w{1,30})[`*]{0,2}:?\s{0,5}[`*]{0,2}([\w./-]{1,253})/i;

/** Botkube's posts: fields Kind, Namespace, Name, Reason. */
export const readBotkubePost: ReadPost = (said) => {
  const fields = fieldsOf(said);
  return fields === undefined || fields.isEventers ? undefined : [factsOf(fields, said.asWritten)];
};

/** kube-eventer's posts, which have a level and a time of their own beside, and kubewatch's sentence. */
export const readKubeEventerPost: ReadPost = (said) => {
  const fields = fieldsOf(said);
  if (fields !== undefined) return fields.isEventers ? [factsOf(fields, said.asWritten)] : undefined;
  const [, kind, namespace, what, name] = KUBEWATCH.exec(said.asWritten.slice(0, 4000)) ?? [];
  if (kind === undefined || namespace === undefined || name === undefined) return undefined;
  const labels = { kind, namespace, name: name.slice(name.lastIndexOf("/") + 1) };
  return [
    bounded({
      name: what ?? null,
      status: "firing",
      severity: null,
      labels,
      text: said.asWritten,
      ...given({ startsAtMs: timeInText(said.asWritten) }),
    }),
  ];
};

type Fields = {
  readonly labels: Readonly<Record<string, string>>;
  readonly reason: string;
  readonly severity: Severity | null;
  readonly isEventers: boolean;
};

/** An event of Kubernetes': what it is about, and why. */
function fieldsOf({ asWritten, text }: Said): Fields | undefined {
  if (!text.includes("kind") || !text.includes("reason")) return undefined;
  const said = new Map(Object.entries(labelsInText(asWritten)).map(([name, value]) => [comparable(name), value] as const));
  const of = (...names: readonly string[]): string | undefined => names.map((name) => said.get(name)).find((value) => value !== undefined);
  const kind = of("kind", "eventkind", "resource_kind", "involvedobject_kind");
  const reason = of("reason", "eventreason");
  const placed = of("name", "eventobject", "object", "resource_name", "involvedobject_name");
  if (kind === undefined || reason === undefined || placed === undefined) return undefined;
  const [name = placed, before] = placed.split("/").toReversed();
  const namespace = of("namespace", "eventnamespace") ?? before;
  const level = of("level", "eventtype", "type", "severity");
  return {
    labels: given({ kind, namespace, name, reason, cluster: of("cluster", "cluster_name", "clustername"), container: of("container") }),
    reason,
    severity: severityOf(level),
    isEventers: level !== undefined && of("eventtime", "timestamp", "time", "eventtype", "eventkind") !== undefined,
  };
}

function factsOf({ labels, reason, severity }: Fields, text: string): AlertFacts {
  const startsAtMs = timeInText(text);
  return bounded({ name: reason, status: "firing", severity, labels, text, ...given({ startsAtMs }) });
}
