import type { Judge } from "../alerts/judge.ts";
import { readAlert } from "../alerts/read-alert.ts";
import { courseOf, type Course } from "../commands/course-of.ts";
import type { Alert, AlertClass } from "../domain/alert.ts";
import { LEADS_TO } from "./explain-alert.ts";
import type { Explained } from "./explained.ts";

/** What a log that people or programs also post comes to in a channel for alerts. The keys are stable for scripts. */
export type AsPost = {
  readonly leadsTo: Course;
  readonly class: AlertClass;
  /** Id of the rule that decided. */
  readonly rule: string;
};

// What is longer is a log, and nobody's post.
const MOST_CHARACTERS = 4_000;

/** A line of a log with a kill, or with Redis's error, is an alert's text as well: that is said beside what it means. Pure. */
export function withPost<Result extends { readonly kind: string }>(
  { result, text: said }: Explained<Result>,
  text: string,
  judge: Judge,
): Explained<Result & { readonly asPost?: AsPost }> {
  const alert = text.length > MOST_CHARACTERS || /^\s*[[{]/.test(text) ? undefined : readAsPost(text, judge);
  if (alert === undefined) return { result, text: said };
  const { class: kind, rule } = alert;
  const leadsTo = courseOf(alert);
  const [host] = alert.subject.hosts;
  const on = host === undefined ? "" : `, on ${host}`;
  return {
    result: { ...result, asPost: { leadsTo, class: kind, rule } },
    alerts: [alert],
    text: `${said}\nAs a post in a channel for alerts it leads to ${LEADS_TO[leadsTo]} (${kind}, rule ${rule}${on}).\n`,
  };
}

/** The alert of it that leads to the most. Undefined: nothing comes of it. */
function readAsPost(text: string, judge: Judge): Alert | undefined {
  const { alerts } = readAlert({ text }, judge);
  return (["thread", "offer", "ended"] as const).flatMap((course) => alerts.filter((alert) => courseOf(alert) === course))[0];
}
