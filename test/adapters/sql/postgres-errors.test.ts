import { DatabaseError } from "pg";
import { describe, expect, it } from "vitest";
import { OomphError } from "../../../src/domain/errors.ts";
import { explainPostgres } from "../../../src/adapters/sql/postgres-errors.ts";

const place = { server: "db:5432/oomph", busyTimeoutMs: 5000, connectTimeoutMs: 3000 };

function serverError(code: string): Error {
  return Object.assign(new DatabaseError("as it said", 10, "error"), { code, severity: "ERROR" });
}

describe("what errors of pg mean", () => {
  it.each([
    ["57P01", "was lost"],
    ["57P03", "starting or stopping"],
    ["08006", "was lost"],
    ["25006", "read-only"],
    ["25P03", "was lost"],
    ["28P01", "refused the login"],
    ["3D000", "no database db:5432/oomph"],
    ["40P01", "collided"],
    ["53100", "disk"],
    ["53300", "no connection free"],
    ["53200", "out of resources"],
    ["55P03", "longer than 5000 ms"],
    ["57014", "took too long"],
    ["58030", "trouble with its disk"],
  ])("%s: the store is away for now", (code, says) => {
    expect(explainPostgres(serverError(code), place)).toMatchObject({
      code: "store-unavailable",
      retryable: true,
      message: expect.stringContaining(says),
    });
  });

  it.each([
    ["ECONNREFUSED", "cannot be reached"],
    ["ENOTFOUND", "cannot be reached"],
    ["ETIMEDOUT", "no connection within 3000 ms"],
    ["ECONNRESET", "was lost"],
    ["CERT_HAS_EXPIRED", "no secure connection"],
  ])("%s of the socket too", (code, says) => {
    const error = Object.assign(new Error("as it said"), { code });
    expect(explainPostgres(error, place)).toMatchObject({ code: "store-unavailable", message: expect.stringContaining(says) });
  });

  it.each([
    ["Connection terminated unexpectedly", "was lost"],
    ["Query read timeout", "was lost"],
    ["Connection terminated due to connection timeout", "no connection within 3000 ms"],
    ["The server does not support SSL connections", "no secure connection"],
  ])("%s, which has no code", (text, says) => {
    expect(explainPostgres(new Error(text), place)).toMatchObject({ code: "store-unavailable", message: expect.stringContaining(says) });
  });

  it("tells rights, missing parents and doubles apart, and calls the rest internal", () => {
    expect(explainPostgres(serverError("42501"), place)).toMatchObject({ code: "no-rights", retryable: false });
    expect(explainPostgres(serverError("23503"), place)).toMatchObject({ code: "not-found" });
    expect(explainPostgres(serverError("23505"), place)).toMatchObject({ code: "conflict" });
    expect(explainPostgres(serverError("42P01"), place)).toMatchObject({ code: "internal", message: expect.stringContaining("42P01") });
  });

  it("gives back what the database did not throw", () => {
    const ours = new OomphError("bad-input", "no");
    const other = new TypeError("no");
    expect(explainPostgres(ours, place)).toBe(ours);
    expect(explainPostgres(other, place)).toBe(other);
    expect(explainPostgres("text", place)).toBe("text");
  });
});
