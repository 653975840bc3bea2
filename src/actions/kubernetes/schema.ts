import { z } from "zod";
import { parseBytesQuantity } from "../../domain/quantity.ts";
import { paramKinds, readMemorySize, readWhole, type MemorySize } from "../params-schema.ts";
import { EXPECTED_VARIABLES, setVariables, unsetVariables } from "../variables-schema.ts";

/** What each parameter expects, for every refusal. */
const EXPECTED = {
  container: "the name of a container",
  limit: "a size such as 1Gi or 512m, a number of bytes, a rise such as +50%, or none",
  request: "a size such as 512Mi, a number of bytes, or none",
  forceBelow: "yes or no",
  pod: "the name of a pod",
  heedBudgets: "yes or no",
  replicas: "a whole number from 0 to 1000",
  ...EXPECTED_VARIABLES,
  ingress: "the name of an ingress in the workload's namespace",
  name: "the name of an annotation, such as nginx.ingress.kubernetes.io/proxy-read-timeout",
  value: "a value of up to 200 letters, digits, spaces and . , : / % + - _",
  remove: "yes or no",
  revision: "a whole number, as kubectl rollout history shows it",
};

const { field, yesNo, readParams } = paramKinds(EXPECTED);
export { readParams };

const MOST_REPLICAS = 1000;
// Names of objects, and of pods, as Kubernetes has them.
const OBJECT_NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
const ANNOTATION = /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/;

const objectName = (name: "container" | "pod" | "ingress") => field(name, (text) => (OBJECT_NAME.test(text) ? text : undefined));

export type WantedSize = MemorySize | { readonly kind: "none" };

/** As Kubernetes writes sizes (1Gi), and as everything else here does (1g). */
function readSize(text: string): WantedSize | undefined {
  if (text === "none") return { kind: "none" };
  const size = readMemorySize(text);
  if (size !== undefined) return size;
  const bytes = /[KMGT]i$/.test(text) ? parseBytesQuantity(text) : undefined;
  return bytes === undefined || !Number.isSafeInteger(bytes) ? undefined : { kind: "bytes", bytes };
}

export const MemoryParams = z.strictObject({
  container: objectName("container").optional(),
  limit: field("limit", readSize),
  request: field("request", (text) => {
    const size = readSize(text);
    return size?.kind === "rise" ? undefined : size;
  }).optional(),
  forceBelow: yesNo("forceBelow").default(false),
});
export type MemoryParams = z.output<typeof MemoryParams>;

export const RestartParams = z.strictObject({});

export const DeletePodParams = z.strictObject({
  pod: objectName("pod").optional(),
  heedBudgets: yesNo("heedBudgets").default(true),
});

export const ScaleParams = z.strictObject({
  replicas: field("replicas", (text) => {
    const count = readWhole(text, 0);
    return count !== undefined && count <= MOST_REPLICAS ? count : undefined;
  }),
});

export const EnvironmentParams = z.strictObject({
  container: objectName("container").optional(),
  set: setVariables.default({}),
  unset: unsetVariables.default([]),
});
export type EnvironmentParams = z.output<typeof EnvironmentParams>;

export const AnnotateParams = z.strictObject({
  ingress: objectName("ingress"),
  name: field("name", (text) => (ANNOTATION.test(text) ? text : undefined)),
  value: field("value", (text) => (/^[\w.,:/%+ -]{1,200}$/.test(text) ? text : undefined)).optional(),
  remove: yesNo("remove").default(false),
});

export const UndoParams = z.strictObject({ revision: field("revision", (text) => readWhole(text, 1)).optional() });
