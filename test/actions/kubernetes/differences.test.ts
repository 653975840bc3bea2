import { expect, test } from "vitest";
import { differences } from "../../../src/actions/kubernetes/differences.ts";

const spec = (env: readonly object[], more: object = {}) => ({
  spec: { template: { spec: { containers: [{ name: "app", env: env as never, ...more }] } } },
});

test("a row for each field that differs, entries of lists by their names", () => {
  const before = spec([{ name: "A", value: "1" }], { resources: { limits: { memory: "64Mi" } } });
  const after = spec(
    [
      { name: "B", value: "2" },
      { name: "A", value: "1" },
    ],
    { resources: { limits: { memory: "128Mi" } } },
  );
  expect(differences(before, after)).toEqual([
    { what: "containers[app].env[B].name", before: "not set", after: "B" },
    { what: "containers[app].env[B].value", before: "not set", after: "2" },
    { what: "containers[app].resources.limits.memory", before: "64Mi", after: "128Mi" },
  ]);
});

test("no value of a secret is shown, come, gone or changed, nor where a name is there twice", () => {
  const secret = { name: "DB_PASSWORD", value: "made-up-1" };
  const other = { name: "DB_PASSWORD", value: "made-up-2" };
  for (const [before, after] of [
    [spec([secret]), spec([other])],
    [spec([secret]), spec([])],
    [spec([]), spec([secret])],
    [spec([secret, secret]), spec([secret, other])],
    [{ spec: {} }, spec([secret])],
  ] as const)
    expect(JSON.stringify(differences(before, after))).not.toContain("made-up");
});

test("the run's own mark is no difference, and more fields than anybody reads are counted", () => {
  expect(differences({ metadata: {} }, { metadata: { annotations: { "oomph.dev/action-id": "run_1" } } })).toEqual([]);
  const many = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`f${at}`, at]));
  expect(differences({}, many).at(-1)).toEqual({ what: "and more", before: "-", after: "15 other fields" });
});
