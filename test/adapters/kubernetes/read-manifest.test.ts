import { expect, test } from "vitest";
import { readManifest } from "../../../src/adapters/kubernetes/read-manifest.ts";

const STATUS = `
- name: app
  restartCount: 3
  state:
    running: {startedAt: "2026-11-22T06:09:00Z"}
  lastState:
    terminated:
      exitCode: 137
      reason: OOMKilled
`;

test("a list of pods, events and other things is sorted by kind", () => {
  const text = JSON.stringify({
    kind: "List",
    items: [
      { kind: "Pod", metadata: { name: "a" } },
      { kind: "ConfigMap", metadata: { name: "b" } },
      { kind: "List", items: [{ kind: "Event", reason: "SystemOOM", metadata: { name: "e" } }] },
      { kind: "Node", metadata: { name: "node-1" } },
    ],
  });
  const read = readManifest(text);
  expect(read?.pods.map(({ name }) => name)).toEqual(["a"]);
  expect(read?.events.map(({ reason }) => reason)).toEqual(["SystemOOM"]);
  expect(read?.nodes.map(({ name }) => name)).toEqual(["node-1"]);
});

test("YAML of several documents is read, its numbers in places of texts too", () => {
  const text = `kind: Pod\nmetadata: {name: a, labels: {version: 1.20}}\n---\nkind: Pod\nmetadata: {name: b}\nspec: {containers: [{name: c, resources: {limits: {memory: 67108864}}}]}\n`;
  const pods = readManifest(text)?.pods ?? [];
  expect(pods.map(({ name }) => name)).toEqual(["a", "b"]);
  expect(pods[0]?.labels).toEqual({ version: "1.2" });
  expect(pods[1]?.containers[0]?.limitBytes).toBe(67_108_864);
});

test.each([
  ["the list of container statuses", STATUS],
  ["one of them", STATUS.replaceAll(/^- /gm, "  ")],
  ["the status", `containerStatuses:${STATUS}`],
  ["the status under its name", `status:\n  containerStatuses:${STATUS.replaceAll("\n", "\n  ")}`],
  ["a last state", "lastState:\n  terminated:\n    exitCode: 137\n    reason: OOMKilled\n"],
  ["a state", "terminated:\n  exitCode: 137\n  reason: OOMKilled\n"],
  ["what a state holds", '{"exitCode": 137, "reason": "OOMKilled"}'],
])("of a pod %s will do", (_what, text) => {
  const [pod] = readManifest(text)?.pods ?? [];
  expect(pod?.containers[0]?.lastState).toMatchObject({ kind: "terminated", exitCode: 137, reason: "OOMKilled" });
});

test.each([
  "",
  "web-1   0/1   OOMKilled   3",
  "kind: Deployment\nmetadata: {name: a}",
  '{"a": 1}',
  "[1, 2]",
  "a: [1",
  "{{ .Values.name }}",
  '{"exit": 1',
])("%j holds nothing of the kind", (text) => {
  expect(readManifest(text)).toBeUndefined();
});

test("what crictl inspect shows of a container that ended, and of one that runs", () => {
  const inspected = (status: object): string =>
    JSON.stringify({ status: { id: "0f2a", metadata: { attempt: 3, name: "app" }, ...status }, info: {} });
  const end = { exitCode: 137, reason: "OOMKilled", finishedAt: "2026-11-22T06:09:00.5Z" };
  expect(readManifest(inspected({ state: "CONTAINER_EXITED", ...end }))?.pods[0]?.containers).toMatchObject([
    { name: "app", restarts: 3, state: { kind: "terminated", exitCode: 137, reason: "OOMKilled" } },
  ]);
  const [running] = readManifest(inspected({ state: "CONTAINER_RUNNING", startedAt: "2026-11-22T06:09:00Z" }))?.pods ?? [];
  expect(running?.containers).toMatchObject([{ name: "app", state: { kind: "running" } }]);
});

test("anchors that multiply are not followed", () => {
  const bomb = `a: &a [1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nkind: Pod\n`;
  expect(readManifest(bomb)).toBeUndefined();
});
