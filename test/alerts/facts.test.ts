import { expect, test } from "vitest";
import { bounded, timeOf } from "../../src/alerts/facts.ts";

test("of 200 labels those that say whose memory it is and how bad it is stay, wherever they stand", () => {
  const useful = { exported_namespace: "shop", "k8s.pod.name": "web-1", instance: "sessions", severity: "critical" };
  const others = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`a${index}`, "x".repeat(2_000)]));
  const { labels } = bounded({ name: "HighMemory", status: "firing", severity: null, labels: { ...others, ...useful }, text: "" });
  expect(labels).toMatchObject(useful);
  expect(Object.keys(labels)).toHaveLength(64);
  expect(labels["a0"]).toHaveLength(1_024);
});

test("a time is one with its date in front; a number or a word that a calendar could be read into is none", () => {
  expect(timeOf(" 2026-11-22T17:30:00.123456789+0100 ")).toBe(Date.UTC(2026, 10, 22, 16, 30, 0, 123));
  expect(["12", "-5", "5.5", "May", "about 5", "2026", "true", "0001-01-01T00:00:00Z"].map(timeOf)).toEqual(Array(8).fill(undefined));
});
