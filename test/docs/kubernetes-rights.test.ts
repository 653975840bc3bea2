import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { renderManifests, withKubernetesCalls } from "../../scripts/docs/kubernetes-rights.ts";
import { KUBERNETES_CALLS } from "../../src/adapters/kubernetes/calls.ts";

test("the table of calls and the manifests are what the code asks for (mend with: npm run docs)", () => {
  const document = read("docs/kubernetes-rights.md");
  expect(document).toBe(withKubernetesCalls(document));
  for (const { says } of Object.values(KUBERNETES_CALLS)) expect(document).toContain(says);
  for (const [name, text] of Object.entries(renderManifests())) expect(read(`deploy/kubernetes/${name}`), name).toBe(text);
});

test("who reads changes nothing, and who reads in one namespace asks for nothing of the whole cluster", () => {
  const { "reader.yaml": reader = "", "reader-namespaced.yaml": namespaced = "", "actor.yaml": actor = "" } = renderManifests();
  expect(reader).not.toMatch(/verbs: .*"(patch|update|delete)"/);
  expect(namespaced).not.toMatch(/ClusterRole|"nodes|"namespaces"/);
  expect(actor).not.toMatch(/"\*"|secrets|pods\/exec/);
});

function read(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
}
