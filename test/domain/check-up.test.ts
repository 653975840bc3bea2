import { expect, it } from "vitest";
import { nextCheckUpMs, saysOver } from "../../src/domain/check-up.ts";

const HOUR_MS = 60 * 60_000;

it("is due again after as long as it was quiet already, from an hour to a day", () => {
  expect(nextCheckUpMs(0, HOUR_MS / 2)).toBe(1.5 * HOUR_MS);
  expect(nextCheckUpMs(0, 3 * HOUR_MS)).toBe(6 * HOUR_MS);
  expect(nextCheckUpMs(0, 90 * HOUR_MS)).toBe(114 * HOUR_MS);
});

it("is over when it is surely healthy or gone", () => {
  const diagnosis = (verdict: string, confidence: number) => ({
    finding: { verdict, headline: "It is so.", confidence, for: [], against: [], advice: [] },
    hypotheses: [],
    summary: [],
    suspects: undefined,
    furtherSteps: [],
  });
  const said = [diagnosis("healthy", 0.8), diagnosis("not-found", 0.95), diagnosis("healthy", 0.5), diagnosis("near-limit", 0.9)];
  expect(said.map(saysOver)).toEqual([true, true, false, false]);
  const claim = { says: "It grows.", for: [], against: [] } as const;
  const holds = ["borne-out", "not-borne-out", "cannot-be-checked"] as const;
  expect(holds.map((one) => saysOver({ ...diagnosis("healthy", 0.9), claim: { ...claim, holds: one } }))).toEqual([false, true, true]);
});
