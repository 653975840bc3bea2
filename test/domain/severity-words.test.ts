import { expect, it } from "vitest";
import { mayBeCritical, severityAnywhere, SEVERITY_WORDS } from "../../src/domain/severity-words.ts";

it("every word for critical, in whatever language, tells that an alert may be that bad", () => {
  for (const [word, severity] of SEVERITY_WORDS)
    expect([word, mayBeCritical(`[${word.toUpperCase()}] cart-1`)]).toEqual([word, severity === "critical"]);
  expect(mayBeCritical("highway to the alerting page2")).toBe(false);
});

it("in a text only words count that mean nothing else", () => {
  expect(severityAnywhere("page two says: KRITISCH, no warning")).toBe("critical");
  expect(severityAnywhere("【警告】web-3")).toBe("warning");
  expect(severityAnywhere("high memory on page 2, low priority")).toBeNull();
});
