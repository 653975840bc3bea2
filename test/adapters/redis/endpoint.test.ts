import { expect, test } from "vitest";
import { describeServer, endpointAt, formatAddress } from "../../../src/adapters/redis/endpoint.ts";
import { single } from "./lab.ts";

test("an endpoint takes the connection's credentials and timeouts, and nothing that is not set", () => {
  const endpoint = endpointAt({ host: "10.0.0.9", port: 7000 }, single(1, { password: "made-up", tls: { verify: true } }));
  expect(endpoint).toEqual({
    at: { host: "10.0.0.9", port: 7000 },
    password: "made-up",
    tls: { verify: true },
    connectTimeoutMs: 10_000,
    commandTimeoutMs: 10_000,
  });
});

test("addresses are shown without credentials, IPv6 in brackets", () => {
  expect(formatAddress({ host: "::1", port: 6379 })).toBe("[::1]:6379");
  expect(describeServer({ at: { host: "cache", port: 6379 } })).toBe("Redis at cache:6379");
  expect(describeServer({ kind: "Sentinel", at: { host: "cache", port: 26379 } })).toBe("Sentinel at cache:26379");
});
