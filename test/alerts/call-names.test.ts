import { expect, it } from "vitest";
import { withoutCallNames } from "../../src/alerts/call-names.ts";

const said = (text: string, name: string | null = null) => withoutCallNames({ name, status: "firing", severity: null, labels: {}, text });

it.each([
  ["disk usage 98% on memory-cache-1", "disk usage 98% on x-cache-1"],
  ["p99 of memory-service is 3 s", "p99 of x-service is 3 s"],
  ["pod memory-graph-6c8d7f9b5-k2v9x is not ready", "pod x-graph-6c8d7f9b5-k2v9x is not ready"],
])("what somebody is called after memory says nothing about it: %s", (text, rest) => {
  expect(said(text).text).toBe(rest);
});

it.each([
  "out-of-memory on web-1",
  "a memory-leak in cart-2",
  "in-memory index",
  "https://x.example.org/memory-cache-1",
  "node-memory-high",
])("what is wrong, and where something leads, stays: %s", (text) => {
  expect(said(text).text).toBe(text);
});

it("what the alert itself is called stays where it is one word", () => {
  expect(said("", "web-memory-1").name).toBe("web-memory-1");
  expect(said("", "Disk of memory-db-1").name).toBe("Disk of x-db-1");
});
