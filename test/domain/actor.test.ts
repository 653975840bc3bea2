import { expect, it } from "vitest";
import { formatActor } from "../../src/domain/actor.ts";

it("formatActor names kind and id, so that a login cannot pass for a Slack user", () => {
  expect(formatActor({ kind: "user", id: "U1" })).toBe("user:U1");
  expect(formatActor({ kind: "cli", login: "U1" })).toBe("cli:U1");
  expect(formatActor({ kind: "alert", source: "slack" })).toBe("alert:slack");
  expect(formatActor({ kind: "oomph" })).toBe("oomph");
});
