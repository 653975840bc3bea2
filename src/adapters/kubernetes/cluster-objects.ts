import type { ClusterObjects } from "../../ports/clusters.ts";
import { readFacts } from "./facts.ts";
import { findPodOfService, readSecretValue } from "./leads.ts";
import { createObjects, type Asking } from "./objects.ts";
import { createOwners } from "./owners.ts";
import { listRevisions } from "./revisions.ts";
import { readSurroundings } from "./surroundings.ts";
import { listWorkloads } from "./workload-names.ts";

/** All that the API server of one cluster knows. */
export function createClusterObjects(asking: Asking): ClusterObjects {
  return {
    ...createObjects(asking),
    ...createOwners(asking),
    facts: () => readFacts(asking),
    workloads: (onGap) => listWorkloads(asking, onGap),
    revisions: (name) => listRevisions(asking, name),
    surroundings: (name) => readSurroundings(asking, name),
    secretValue: (namespace, secret, key) => readSecretValue(asking, { namespace, secret, key }),
    podOfService: (namespace, service, port) => findPodOfService(asking, { namespace, service, port }),
  };
}
