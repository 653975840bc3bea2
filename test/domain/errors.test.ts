import { describe, expect, it } from "vitest";
import { codeOf, messageOf, OomphError } from "../../src/domain/errors.ts";

describe("OomphError", () => {
  it("carries code, cause and whether trying again makes sense", () => {
    const cause = new Error("ECONNREFUSED");
    const error = new OomphError("unreachable", "expected a Redis at 127.0.0.1:6379, nobody listens there", { retryable: true, cause });
    expect(error).toMatchObject({ code: "unreachable", retryable: true, cause });
    expect(codeOf(error)).toBe("unreachable");
    expect(new OomphError("internal", "x").retryable).toBe(false);
  });

  it("calls what it does not know internal, and finds words for anything thrown", () => {
    expect(codeOf(new TypeError("x"))).toBe("internal");
    expect(messageOf("only a string")).toBe("only a string");
  });
});
