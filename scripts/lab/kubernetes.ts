import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";

const run = promisify(execFile);

export type KubernetesLab = { readonly kind: "there"; readonly version: string } | { readonly kind: "absent"; readonly because: string };

/**
 * Whoever owns a cluster says by it that tests may kill, change and remove things there: a ConfigMap of this name in
 * kube-system. It is put there by hand or by `.ci/run`, never by a test.
 */
const DISPOSABLE = "oomph-disposable";

/**
 * The cluster that KUBECONFIG names, asked through `kubectl`. Tests make things in it that are killed and take a node's memory, so
 * it has to be on this machine and marked as disposable: a cluster that somebody needs is never used.
 */
export async function findKubernetes(): Promise<KubernetesLab> {
  if ((process.env["KUBECONFIG"] ?? "") === "") return { kind: "absent", because: "KUBECONFIG is not set" };
  try {
    const server = (await kubectl(["config", "view", "--minify", "-o", "jsonpath={.clusters[0].cluster.server}"])).trim();
    if (!isLoopback(server)) return { kind: "absent", because: `tests use a cluster on this machine only, KUBECONFIG names ${server}` };
    const answer = JSON.parse(await kubectl(["version", "-o", "json"])) as { serverVersion?: { gitVersion?: string } };
    const version = answer.serverVersion?.gitVersion;
    if (version === undefined) return { kind: "absent", because: "no API server answers" };
    return (await isDisposable()) ? { kind: "there", version } : { kind: "absent", because: unmarked(server) };
  } catch (error) {
    const because = error instanceof Error ? (error.message.trim().split("\n").at(-1) ?? "") : String(error);
    return { kind: "absent", because: `no API server answers: ${because}` };
  }
}

/** Kubelets of dockershim's days forward ports with socat, which the node, this machine, may lack; `.ci/run` brings it. */
export const nodeForwardsPorts: boolean = ["/usr/bin/socat", "/bin/socat", "/usr/local/bin/socat"].some((path) => existsSync(path));

/** Runs `kubectl` with these arguments; what it prints. */
export async function kubectl(args: readonly string[]): Promise<string> {
  const { stdout } = await run("kubectl", ["--request-timeout=60s", ...args], { maxBuffer: 64 * 2 ** 20 });
  return stdout;
}

/** Makes an object, or several (`kind: List`), and returns when it is accepted. `how`: more arguments. */
export async function kubectlCreate(object: unknown, ...how: readonly string[]): Promise<void> {
  const made = run("kubectl", ["--request-timeout=60s", "create", "-f", "-", ...how]);
  made.child.stdin?.end(JSON.stringify(object));
  await made;
}

/** A token of a service account, for an hour, as the cluster signs them for pods (TokenRequest). */
export async function kubectlToken(namespace: string, account: string): Promise<string> {
  const asked = run("kubectl", ["create", "--raw", `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`, "-f", "-"]);
  const spec = { expirationSeconds: 3600 };
  asked.child.stdin?.end(JSON.stringify({ apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", metadata: {}, spec }));
  return (JSON.parse((await asked).stdout) as { status: { token: string } }).status.token;
}

/** Writes an object, or a part of it such as `.../pods/web/status`, in place of what the API server has there. */
export async function kubectlReplaceRaw(path: string, object: unknown): Promise<void> {
  const replaced = run("kubectl", ["--request-timeout=60s", "replace", "--raw", path, "-f", "-"]);
  replaced.child.stdin?.end(JSON.stringify(object));
  await replaced;
}

async function isDisposable(): Promise<boolean> {
  const found = await kubectl(["-n", "kube-system", "get", "configmap", DISPOSABLE, "--ignore-not-found", "-o", "name"]);
  return found.trim() !== "";
}

function unmarked(server: string): string {
  return `${server} is not marked as disposable; if nobody needs it: kubectl -n kube-system create configmap ${DISPOSABLE}`;
}

function isLoopback(server: string): boolean {
  return URL.canParse(server) && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(server).hostname);
}
