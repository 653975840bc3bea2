import { request } from "node:https";
import { kubectl, kubectlCreate } from "./kubernetes.ts";
import { podAt } from "./kubernetes-simulated.ts";

const AT_ONCE = 8;

/**
 * Pods of the API server that no kubelet has: no scheduler answers to their name, and their status is written by hand. They are
 * there for everyone who lists, and run nowhere.
 */
export async function fillNamespace(namespace: string, count: number): Promise<void> {
  const pods = Array.from({ length: count }, (_, index) => unscheduled(index, namespace));
  await kubectlCreate({ apiVersion: "v1", kind: "List", items: pods.map(({ status: _status, ...pod }) => pod) });
  const ask = await adminCalls();
  const waiting = pods.values();
  const writeAll = async (): Promise<void> => {
    for (const { metadata, status } of waiting) {
      await ask("PATCH", `/api/v1/namespaces/${namespace}/pods/${metadata.name}/status`, { status });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, writeAll));
}

function unscheduled(index: number, namespace: string) {
  const { apiVersion, kind, metadata, spec, status } = podAt(index);
  const { name, labels, annotations } = metadata;
  const { nodeName: _node, volumes: _volumes, containers, ...rest } = spec;
  const unmounted = containers.map(({ volumeMounts: _mounts, ...container }) => container);
  return {
    apiVersion,
    kind,
    metadata: { name, namespace, labels, annotations },
    spec: { ...rest, schedulerName: "nobody", containers: unmounted },
    status,
  };
}

type View = {
  readonly clusters: readonly [{ readonly cluster: Readonly<Record<string, string | boolean | undefined>> & { readonly server: string } }];
  readonly users: readonly [{ readonly user: Readonly<Record<string, string | undefined>> }];
};

/** Many calls, each of which would be a process with kubectl. Throws for whatever is not 2xx. */
async function adminCalls() {
  const view = JSON.parse(await kubectl(["config", "view", "--raw", "--minify", "--flatten", "-o", "json"])) as View;
  const [{ cluster }, { user }] = [view.clusters[0], view.users[0]];
  const decoded = (value: string | boolean | undefined): Buffer | undefined =>
    typeof value === "string" ? Buffer.from(value, "base64") : undefined;
  const identity = {
    ca: decoded(cluster["certificate-authority-data"]),
    rejectUnauthorized: cluster["insecure-skip-tls-verify"] !== true,
    cert: decoded(user["client-certificate-data"]),
    key: decoded(user["client-key-data"]),
  };
  const authorization = user["token"] === undefined ? {} : { Authorization: `Bearer ${user["token"]}` };
  const headers = { "Content-Type": "application/strategic-merge-patch+json", ...authorization };
  return (method: string, path: string, body: unknown): Promise<void> =>
    new Promise((resolve, reject) => {
      const call = request(`${cluster.server}${path}`, { ...identity, method, headers }, (response) => {
        response.resume();
        const { statusCode = 0 } = response;
        response.on("end", () => (statusCode < 300 ? resolve() : reject(new Error(`${method} ${path}: ${statusCode}`))));
      });
      call.on("error", reject);
      call.end(JSON.stringify(body));
    });
}
