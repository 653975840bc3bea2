import type { Advice, Finding, Reason } from "../domain/finding.ts";

/** A finding as a rule writes it: what does not hold is undefined. */
export type Draft<Verdict extends string> = {
  readonly verdict: Verdict;
  readonly headline: string;
  readonly confidence: number;
  readonly for: readonly (Reason | undefined)[];
  readonly against?: readonly (Reason | undefined)[];
  readonly advice?: readonly Advice[];
};

/** A finding with its confidence within 0.05 to 0.97 and in whole hundredths. */
export function makeFinding<Verdict extends string>(draft: Draft<Verdict>): Finding {
  const confidence = Math.round(Math.min(0.97, Math.max(0.05, draft.confidence)) * 100) / 100;
  const { verdict, headline, advice = [], against = [] } = draft;
  return { verdict, headline, confidence, for: present(draft.for), against: present(against), advice };
}

/**
 * What speaks for something, added up: each weight counts only where its condition was seen to hold, so that seeing less
 * never makes surer.
 */
export function weigh(base: number, ...signs: readonly (readonly [holds: boolean, weight: number])[]): number {
  return signs.reduce((sum, [holds, weight]) => sum + (holds ? weight : 0), base);
}

/** The reason where the condition holds. */
export function when(holds: boolean, reason: Reason): Reason | undefined {
  return holds ? reason : undefined;
}

/** The reasons that hold. */
export function present(reasons: readonly (Reason | undefined)[]): readonly Reason[] {
  return reasons.filter((reason) => reason !== undefined);
}

/** Below this a finding is a hypothesis and never the verdict. */
export const VERDICT_CONFIDENCE = 0.5;
