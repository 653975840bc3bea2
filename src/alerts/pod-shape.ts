// The alphabet that Kubernetes makes names of: no vowels, none of 0, 1, 3. Source: its util/rand.
const RANDOM = "[bcdfghjklmnpqrstvwxz2456789]";
const OF_A_REPLICA_SET = new RegExp(`^[a-z0-9][a-z0-9.-]{0,240}-(?:${RANDOM}{6,10}|[a-f0-9]{8,10})-${RANDOM}{5}$`);
const OF_ANOTHER = new RegExp(`^[a-z][a-z0-9.-]{0,240}-(?=[a-z]{0,4}\\d)${RANDOM}{5}$`);
const OF_A_STATEFUL_SET = /^[a-z][a-z0-9.-]{0,240}[a-z0-9]-\d{1,3}$/;
// As people shorten them in examples and chat: `web-6f9-x2`.
const SHORTENED = /^[a-z][a-z0-9-]{0,240}-(?=[a-z]{0,9}\d)[a-z0-9]{3,10}-[a-z0-9]{2,5}$/;

/** Does a word look like the name of a pod? `surely`: as ReplicaSets make them; `maybe`: others do too. */
export function podShape(word: string): "surely" | "maybe" | "no" {
  if (!word.includes("-")) return "no";
  if (OF_A_REPLICA_SET.test(word)) return "surely";
  return OF_ANOTHER.test(word) || OF_A_STATEFUL_SET.test(word) || SHORTENED.test(word) ? "maybe" : "no";
}

// `docker-host-1`, `prod-vm-12`, `node-3`, `k8s-node-2`, `ip-10-0-0-5`; a `redis-node-0` is a pod.
const OF_A_MACHINE =
  /^(?:(?:[a-z0-9]{1,30}-){0,4}(?:dockerhost|host|hypervisor|machine|vm)|(?:(?:dev|docker|gpu|k8s|kube|prod|stage|staging|swarm|test)-)?(?:node|server|srv))-\d{1,4}$|^ip(?:-\d{1,3}){4}$/;

/** Does a word look like what people call machines? */
export function isLikeMachine(word: string): boolean {
  return OF_A_MACHINE.test(word);
}

/** A name as Kubernetes allows it for pods, namespaces and what owns pods. */
export function isKubernetesName(word: string): boolean {
  return /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/.test(word);
}
