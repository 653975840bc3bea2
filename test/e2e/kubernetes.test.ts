import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { findKubernetes } from "../../scripts/lab/kubernetes.ts";
import { openClusterScenes, type ClusterScenes } from "../../scripts/lab/kubernetes-scenes.ts";
import { noteAbsentSystem, noteRealSystem } from "../../scripts/lab/real-systems.ts";
import { openHeapRig } from "../actions/kubernetes/heap/rig.ts";
import { encodedProfile } from "../adapters/heap/encoded.ts";
import { SPARING_PATIENCE } from "../support/patience.ts";
import { auditOf } from "./support/audit.ts";
import { press } from "./support/containers.ts";
import { ask, has, outcome, QUICK, requestIdOf, seen, setScene, textOf, type Scene } from "./support/scene.ts";

const cluster = await findKubernetes();
if (cluster.kind === "there") noteRealSystem("kubernetes", cluster.version);
else noteAbsentSystem("kubernetes", cluster.because);

const WITHIN_MS = 240_000;
const LIMIT = "jsonpath={.spec.template.spec.containers[0].resources.limits.memory}";

const TAKEN = ["-1.pb.gz", "-2.pb.gz", "-flame.png", "-flame.svg", "-top.txt"];
// Serves one heap profile after the other, as Go's net/http/pprof does.
const SERVES_PROFILES = `
const { FIRST, SECOND } = process.env;
let asked = 0;
require("node:http").createServer((request, response) => {
  if (request.url !== "/debug/pprof/") return response.end(Buffer.from(asked++ === 0 ? FIRST : SECOND, "base64"));
  response.setHeader("Content-Type", "text/html");
  response.end("<title>/debug/pprof/</title><a href='heap?debug=1'>heap</a>");
}).listen(8080);`;

function profile(mib: number): string {
  return gzipSync(encodedProfile([[["newOrder", "handle", "main"], mib * 2 ** 20]])).toString("base64");
}

// A deployment that is killed for want of memory, from the first kill to the way back, on the process as it ships.
describe.skipIf(cluster.kind === "absent")(`a killed deployment${cluster.kind === "absent" ? ` (${cluster.because})` : ""}`, () => {
  let scenes: ClusterScenes;
  let scene: Scene;
  let target: string;

  beforeAll(async () => {
    scenes = await openClusterScenes("oomph-story");
    target = `deploy/${scenes.namespace}/web`;
    scene = await setScene({
      slack: { users: ["requester", "approver"], channels: ["alerts", "incidents"] },
      settings: (slack) => ({
        connections: {},
        access: { approvers: [slack.id("approver")], requesters: [slack.id("requester")] },
        sections: {
          ...QUICK,
          kubernetes: {
            connections: { local: { kubeconfig: [process.env["KUBECONFIG"]], namespaces: [scenes.namespace] } },
            apps: { [`${scenes.namespace}/shop`]: { profile: { port: 8080 } } },
          },
        },
      }),
    });
    await scenes.pod("shop", {
      memory: "served",
      limitMib: 256,
      env: { FIRST: profile(3), SECOND: profile(5) },
      more: { command: ["node", "-e", SERVES_PROFILES] },
    });
    await scenes.deployment("web", { memory: "steady", env: { LAB_MIB: 96 }, limitMib: 72 });
  });

  afterAll(async () => {
    await scene?.stop();
    await scenes?.end();
  });

  test(
    "the first kill opens a thread by itself, which says what was killed and by which limit",
    async () => {
      const root = await outcome(scene, "incidents", { says: new RegExp(target), withinMs: WITHIN_MS });
      expect(root.thread_ts).toBeUndefined();
      const kills = await outcome(scene, "incidents", { says: /Killed for want of memory/, withinMs: WITHIN_MS });
      expect(kills.thread_ts).toBe(root.ts);
      const report = await outcome(scene, "incidents", { says: /Evidence Summary/, withinMs: WITHIN_MS });
      expect(report.thread_ts).toBe(root.ts);
      expect(textOf(report)).toContain("72.0 MiB");
    },
    2 * WITHIN_MS,
  );

  test(
    "the limit is raised when another has approved it, and it is checked that nothing is killed any more",
    async () => {
      const card = await ask(scene, { user: "requester", channel: "incidents" }, `k8s.set-memory ${target} --limit 192Mi`);
      for (const words of ["72.0 MiB", "192.0 MiB"]) expect(textOf(card)).toContain(words);
      await scene.people().click("requester", card, "request_approve");
      await seen("the refusal of one's own", () => scene.toldOnly("requester").find((text) => /own request/.test(text)));
      expect(await scenes.kubectl("get", "deploy/web", "-o", LIMIT)).toBe("72Mi");
      await scene.people().click("approver", card, "request_approve");
      await outcome(scene, "incidents", { says: /Done, and it helped/, withinMs: WITHIN_MS });
      expect(await scenes.kubectl("get", "deploy/web", "-o", LIMIT)).toBe("192Mi");
      const containers = (await scenes.pods("web")).flatMap(({ status }) => status.containerStatuses ?? []); // one may still be ending
      expect(containers).toContainEqual(expect.objectContaining({ ready: true, restartCount: 0 }));
      expect(auditOf(scene, requestIdOf(card))).toEqual(expect.arrayContaining(["decision-approved", "run-begun", "run-ended"]));
    },
    2 * WITHIN_MS,
  );

  test(
    "the way back is asked for and approved like anything else",
    async () => {
      const done = await seen("an offer of the way back", () =>
        scene.said("incidents").find((one) => /Done, and it helped/.test(textOf(one)) && has(one, "offer_ask")),
      );
      const card = await press(scene, { user: "requester", channel: "incidents", message: done });
      await scene.people().click("approver", card, "request_approve");
      const limit = () => scenes.kubectl("get", "deploy/web", "-o", LIMIT);
      await vi.waitFor(async () => expect(await limit()).toBe("72Mi"), { ...SPARING_PATIENCE, timeout: WITHIN_MS });
    },
    2 * WITHIN_MS,
  );

  test(
    "a heap is looked at after an approval, and its files come into the thread",
    async () => {
      const rig = openHeapRig(scenes.namespace);
      await rig.measured("shop");
      await rig.close();
      const card = await ask(scene, { user: "requester", channel: "incidents" }, `heap-profile pod/${scenes.namespace}/shop --seconds 1`);
      expect(textOf(card)).toContain("the configured endpoint :8080/debug/pprof/heap");
      await scene.people().click("approver", card, "request_approve");
      const done = await outcome(scene, "incidents", { says: /newOrder holds most by itself \(5\.0 MiB\)/, withinMs: WITHIN_MS });
      const files = await seen("the files", async () => all(await filesOf(done.thread_ts), TAKEN), WITHIN_MS);
      for (const { id, title } of files) {
        const sum = createHash("sha256")
          .update(await scene.slack.fileContent(id))
          .digest("hex");
        expect(title).toContain(`SHA-256 ${sum}`);
      }
    },
    2 * WITHIN_MS,
  );

  test(
    "where it is configured an investigation looks at the heap as well",
    async () => {
      await scene.people().command("requester", "incidents", `/oom investigate pod/${scenes.namespace}/shop`);
      const report = await outcome(scene, "incidents", { says: /in use by samples.*newOrder holds 5\.0 MiB/, withinMs: WITHIN_MS });
      await seen(
        "its file",
        async () => (await filesOf(report.thread_ts)).find(({ title }) => title.startsWith("Heap profile 2 of 2")),
        WITHIN_MS,
      );
    },
    2 * WITHIN_MS,
  );

  async function filesOf(thread: string | undefined) {
    const messages = await scene.slack.thread("incidents", thread ?? "");
    return messages.flatMap(({ files = [] }) => files);
  }
});

/** One of each ending; undefined while one is missing. */
function all<File extends { readonly name: string }>(files: readonly File[], endings: readonly string[]): readonly File[] | undefined {
  const found = endings.flatMap((ending) => files.find(({ name }) => name.endsWith(ending)) ?? []);
  return found.length === endings.length ? found : undefined;
}
