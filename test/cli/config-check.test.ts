import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, expect, test } from "vitest";
import { configCheck } from "../../src/cli/config-check.ts";
import { EXIT } from "../../src/cli/exit-codes.ts";
import type { Io } from "../../src/cli/io.ts";

const folder = mkdtempSync(join(tmpdir(), "oomph-config-check-"));
const kubeconfig = join(folder, "kubeconfig");
writeFileSync(
  kubeconfig,
  JSON.stringify({
    clusters: [{ name: "c", cluster: { server: "https://cluster.test:6443" } }],
    users: [{ name: "u", user: { token: "made-up" } }],
    contexts: [{ name: "prod", context: { cluster: "c", user: "u" } }],
    "current-context": "prod",
  }),
);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a cluster is a target, and is named with where it is", async () => {
  const { code, out } = await check(`prod-eu: { kubeconfig: [${kubeconfig}] }`);
  expect(code).toBe(EXIT.ok);
  expect(out).toContain("Targets: pods and nodes of prod-eu (https://cluster.test:6443)\n");
  expect(out).not.toContain("made-up");
});

test("a kubeconfig that is not there and a context that is not in it are told, both at once", async () => {
  const { code, out, err } = await check(`a: { kubeconfig: [${folder}/none] }, b: { kubeconfig: [${kubeconfig}], context: staging }`);
  expect([code, out]).toEqual([EXIT.badInput, ""]);
  expect(err).toContain(`kubernetes connection a: A kubeconfig is expected at ${folder}/none: there is none.\n`);
  expect(err).toMatch(/kubernetes connection b: .* has no context "?staging"?\. It has "?prod"?\.\n/);
});

async function check(connections: string) {
  let [out, err] = ["", ""];
  const files: Readonly<Record<string, string>> = { "oomph.yaml": `kubernetes: { connections: { ${connections} } }` };
  const io: Io = {
    out: (words) => void (out += words),
    err: (words) => void (err += words),
    isTerminal: false,
    columns: 80,
    read: () => Readable.from([]),
    sources: async () => ({ env: {}, readFile: (path: string) => files[path] ?? "" }),
  };
  return { code: await configCheck({ commandLine: true }, io), out, err };
}
