import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

export type KubernetesLab = { readonly kind: "there"; readonly version: string } | { readonly kind: "absent"; readonly because: string };

/** The cluster that KUBECONFIG names, asked through `kubectl`: one on this machine, since tests make things in it. */
export async function findKubernetes(): Promise<KubernetesLab> {
  if ((process.env["KUBECONFIG"] ?? "") === "") return { kind: "absent", because: "KUBECONFIG is not set" };
  try {
    const server = (await kubectl(["config", "view", "--minify", "-o", "jsonpath={.clusters[0].cluster.server}"])).trim();
    if (!isLoopback(server)) return { kind: "absent", because: `tests use a cluster on this machine only, KUBECONFIG names ${server}` };
    const answer = JSON.parse(await kubectl(["version", "-o", "json"])) as { serverVersion?: { gitVersion?: string } };
    const version = answer.serverVersion?.gitVersion;
    return version === undefined ? { kind: "absent", because: "no API server answers" } : { kind: "there", version };
  } catch (error) {
    const because = error instanceof Error ? (error.message.trim().split("\n").at(-1) ?? "") : String(error);
    return { kind: "absent", because: `no API server answers: ${because}` };
  }
}

/** Runs `kubectl` with these arguments; what it prints. */
export async function kubectl(args: readonly string[]): Promise<string> {
  const { stdout } = await run("kubectl", ["--request-timeout=20s", ...args], { maxBuffer: 16 * 2 ** 20 });
  return stdout;
}

/** Makes an object and returns when it is accepted. */
export async function kubectlCreate(object: unknown): Promise<void> {
  const made = run("kubectl", ["--request-timeout=20s", "create", "-f", "-"]);
  made.child.stdin?.end(JSON.stringify(object));
  await made;
}

function isLoopback(server: string): boolean {
  return URL.canParse(server) && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(server).hostname);
}
