import { expect, test } from "vitest";
import { describeAsked, quoted } from "../../../src/adapters/docker/asked.ts";

test("a name stands as it is, an odd one in quotes, an id with as many digits as Docker shows", () => {
  expect(quoted("shop-web_1")).toBe("shop-web_1");
  expect(quoted("a b")).toBe('"a b"');
  expect(quoted("4f1c".repeat(16))).toBe("4f1c4f1c4f1c");
  expect(describeAsked({ host: "Docker host local", call: "top", container: "4f1c".repeat(16) })).toBe(
    "GET /containers/{id}/top for container 4f1c4f1c4f1c",
  );
});
