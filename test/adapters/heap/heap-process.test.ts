import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { encodedProfile } from "./encoded.ts";

const PROGRAM = fileURLToPath(new URL("../../../dist/heap-process.js", import.meta.url));

describe("the reading process", () => {
  it("answers on standard output and ends", () => {
    const profile = Buffer.from(encodedProfile([[["make", "main"], 4096]])).toString("base64");
    const { status, stdout } = asked({ title: "x", profile });
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ totalBytes: 4096, top: [{ name: "make" }, { name: "main" }] });
  });

  it("ends with 2 for what is no profile, and with 1 for what is no question, and says why", () => {
    expect(asked({ title: "x", profile: Buffer.from("<html>").toString("base64") })).toMatchObject({
      status: 2,
      stdout: "",
      stderr: expect.stringContaining("web page"),
    });
    expect(asked({ title: "x" })).toMatchObject({ status: 1, stderr: expect.stringContaining("expected a profile") });
  });
});

function asked(question: object) {
  return spawnSync(process.execPath, [PROGRAM], { input: JSON.stringify(question), encoding: "utf8" });
}
