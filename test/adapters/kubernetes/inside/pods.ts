import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { expect, vi } from "vitest";
import { imageFromHost } from "../../../../scripts/lab/docker.ts";
import { kubectl, kubectlCreate } from "../../../../scripts/lab/kubernetes.ts";
import { SPARING_PATIENCE } from "../../../support/patience.ts";

/** Path here → path in the image. */
type Trees = Readonly<Record<string, string>>;

const APPLETS = ["sh", "cat", "head", "tr", "sleep", "yes", "mkdir", "httpd", "nc"];

/** A shell with the usual programs, a small web server and nc among them; and more programs of this machine. */
export function shellImage(programs: readonly string[] = [], trees: Trees = {}): Promise<string> {
  const links = Object.fromEntries(APPLETS.map((applet) => [`/bin/${applet}`, "../usr/bin/busybox"]));
  const version = `busybox 2 ${programs.join(" ")}`;
  return imageFromHost("oomph-test-shell", { programs: ["busybox", ...programs], trees, links, version, env: { PATH: "/bin:/usr/bin" } });
}

/** These programs and no shell. */
export function bareImage(programs: readonly string[], trees: Trees = {}): Promise<string> {
  return imageFromHost("oomph-test-bare", { programs, trees, version: `bare 2 ${programs.join(" ")}`, env: { PATH: "/usr/bin" } });
}

export type LabPod = {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  /** Absent: waits until it runs. */
  readonly until?: "created";
  readonly restart?: "Always" | "Never";
  readonly limit?: string;
};

/** A namespace of its own, and pods in it. */
export async function openNamespace() {
  const namespace = `oomph-inside-${randomBytes(4).toString("hex")}`;
  await kubectl(["create", "namespace", namespace]);
  const remove = (): void => void spawnSync("kubectl", ["delete", "namespace", namespace, "--wait=false"], { stdio: "ignore" });
  process.once("exit", remove);
  return {
    namespace,
    /** Its address, as the machine of a cluster on this machine sees it. */
    async pod({ name, image, command, labels = { app: name }, until, restart = "Never", limit }: LabPod): Promise<string> {
      await kubectlCreate({
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name, namespace, labels },
        spec: {
          restartPolicy: restart,
          terminationGracePeriodSeconds: 0,
          containers: [
            { name: "main", image, command, imagePullPolicy: "Never", resources: limit === undefined ? {} : { limits: { memory: limit } } },
          ],
        },
      });
      return until === "created" ? "" : vi.waitFor(() => addressOf(namespace, name), { ...SPARING_PATIENCE, timeout: 240_000 });
    },
    async close(): Promise<void> {
      process.off("exit", remove);
      await kubectl(["delete", "namespace", namespace, "--wait=false"]);
    },
  };
}

async function addressOf(namespace: string, name: string): Promise<string> {
  const path = "jsonpath={.status.phase} {.status.containerStatuses[0].ready} {.status.podIP}";
  const [phase, isReady, address = ""] = (await kubectl(["-n", namespace, "get", "pod", name, "-o", path])).split(" ");
  expect([phase, isReady]).toEqual(["Running", "true"]);
  return address;
}
