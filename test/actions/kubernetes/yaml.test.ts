import { expect, test } from "vitest";
import { parse } from "yaml";
import { renderYaml } from "../../../src/actions/kubernetes/yaml.ts";

test.each([
  { metadata: { name: "web", annotations: { "a.b/c": "1800", empty: "" } }, spec: { replicas: 3, list: [], none: {} } },
  {
    containers: [
      {
        name: "app",
        env: [
          { name: "YES", value: "yes" },
          { name: "N", value: "1e3" },
          { name: "C", value: "a: b # c" },
        ],
      },
    ],
  },
  { memory: null, size: "128Mi", nested: [[1, 2], ["x"]] },
])("is read as what it was: %#", (value) => {
  expect(parse(renderYaml(value))).toEqual(value);
});
