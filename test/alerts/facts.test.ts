import { expect, test } from "vitest";
import { bounded } from "../../src/alerts/facts.ts";

test("of 200 labels those that say whose memory it is and how bad it is stay, wherever they stand", () => {
  const useful = { exported_namespace: "shop", "k8s.pod.name": "web-1", instance: "sessions", severity: "critical" };
  const others = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`a${index}`, "x".repeat(2_000)]));
  const { labels } = bounded({ name: "HighMemory", status: "firing", severity: null, labels: { ...others, ...useful }, text: "" });
  expect(labels).toMatchObject(useful);
  expect(Object.keys(labels)).toHaveLength(64);
  expect(labels["a0"]).toHaveLength(1_024);
});
