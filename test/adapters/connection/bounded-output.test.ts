import { describe, expect, it } from "vitest";
import { createBoundedOutput } from "../../../src/adapters/connection/bounded-output.ts";

describe("what a program prints", () => {
  it("is kept by stream, characters that came in two pieces too", () => {
    const output = createBoundedOutput(100);
    const [first, second] = [Buffer.from("é").subarray(0, 1), Buffer.from("é").subarray(1)];
    output.add("stdout", Buffer.concat([Buffer.from("caf"), first]));
    output.add("stderr", Buffer.from("careful"));
    output.add("stdout", second);
    expect(output.texts()).toEqual({ stdout: "café", stderr: "careful", truncated: false });
  });

  it("beyond the bound of both streams together is dropped, and said so", () => {
    const output = createBoundedOutput(6);
    output.add("stdout", Buffer.from("1234"));
    output.add("stderr", Buffer.from("5678"));
    output.add("stdout", Buffer.from("9"));
    expect(output.texts()).toEqual({ stdout: "1234", stderr: "56", truncated: true });
  });
});
