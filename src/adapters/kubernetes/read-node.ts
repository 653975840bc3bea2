import { given } from "../../domain/given.ts";
import type { NodeFacts } from "../../domain/workload.ts";
import { parseBytesQuantity, parseQuantity } from "../../domain/quantity.ts";
import { readConditions } from "./read-metadata.ts";
import { Node } from "./schema.ts";

/** A node as the API gives it, or as much of one as there is. */
export function readNode(value: unknown): NodeFacts {
  const read = Node.safeParse(value);
  const { metadata, spec, status }: Partial<Node> = read.success ? read.data : {};
  const addresses = (status?.addresses ?? []).flatMap(({ address }) => address ?? []);
  return {
    name: metadata?.name ?? "",
    uid: metadata?.uid ?? "",
    conditions: readConditions(status?.conditions),
    unschedulable: spec?.unschedulable ?? false,
    ...(addresses.length === 0 ? {} : { addresses }),
    ...given({
      capacityBytes: parseBytesQuantity(status?.capacity?.memory),
      allocatableBytes: parseBytesQuantity(status?.allocatable?.memory),
      allocatableCores: parseQuantity(status?.allocatable?.cpu),
      kubeletVersion: status?.nodeInfo?.kubeletVersion,
      kernel: status?.nodeInfo?.kernelVersion,
      runtime: status?.nodeInfo?.containerRuntimeVersion,
    }),
  };
}
