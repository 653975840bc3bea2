import { expect, test } from "vitest";
import { combined, firstOf, settle } from "../../../src/adapters/redis/attempts.ts";
import { OomphError } from "../../../src/domain/errors.ts";

const away = new OomphError("unreachable", "A is away.", { retryable: true });
const locked = new OomphError("wrong-credentials", "B wants a password.");

function fails(error: Error): () => Promise<never> {
  return async () => {
    throw error;
  };
}

test("takes the first value, passing over failures and undefined", async () => {
  const later = fails(new Error("not reached"));
  expect(await firstOf([fails(away), () => Promise.resolve(undefined), () => Promise.resolve("value"), later], "In vain.")).toBe("value");
});

test("in vain, says all and carries the code that explains most", async () => {
  const failed = firstOf([fails(away), fails(locked)], "In vain.");
  await expect(failed).rejects.toMatchObject({
    code: "wrong-credentials",
    retryable: false,
    message: "In vain. A is away. B wants a password.",
  });
  expect(combined([away, away], "In vain.")).toMatchObject({ code: "unreachable", retryable: true, message: "In vain. A is away." });
});

test("keeps how a work ended", async () => {
  expect(await settle(() => Promise.resolve(1))).toEqual({ kind: "done", value: 1 });
  expect(await settle(fails(away))).toEqual({ kind: "failed", error: away });
});
