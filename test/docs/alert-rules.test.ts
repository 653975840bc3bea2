import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { renderAlertRules } from "../../scripts/docs/render-alert-rules.ts";

test("docs/alert-rules.md tells the rules as they are: `npm run docs` writes it", () => {
  expect(readFileSync(new URL("../../docs/alert-rules.md", import.meta.url), "utf8")).toBe(renderAlertRules());
});
