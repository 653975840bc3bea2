import type { Diagnosis } from "../domain/finding.ts";
import type { Target } from "../domain/target.ts";
import type { Desk } from "./desk.ts";

/** The diagnosis without advice that Oomph has no right to follow: what would help, and which right is missing, stands among what people can do. */
export async function withoutForbidden(desk: Desk, target: Target, diagnosis: Diagnosis): Promise<Diagnosis> {
  const { finding, furtherSteps } = diagnosis;
  const looked = await Promise.all(
    finding.advice.map(async (advice) => ({ advice, because: await desk.planner.lacks(advice.actionId, target) })),
  );
  const forbidden = looked.flatMap(({ advice, because }) => (because === undefined ? [] : [{ advice, because }]));
  if (forbidden.length === 0) return diagnosis;
  const reasons = [...new Set(forbidden.map(({ because }) => because))];
  const notOffered = reasons.map((reason) => {
    const titles = forbidden.filter(({ because }) => because === reason).map(({ advice }) => titleOf(desk, advice.actionId));
    return `Not offered: ${titles.join(", ")}. ${reason}`;
  });
  const advice = looked.flatMap((one) => (one.because === undefined ? [one.advice] : []));
  return { ...diagnosis, finding: { ...finding, advice }, furtherSteps: [...notOffered, ...furtherSteps] };
}

export function titleOf({ planner }: Pick<Desk, "planner">, actionId: string): string {
  return planner.actions.find(({ id }) => id === actionId)?.title ?? actionId;
}
