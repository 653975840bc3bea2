import type { AccessRules, Person } from "../domain/access.ts";
import type { CalmRules } from "../domain/calm.ts";
import type { EscalationRules } from "../domain/escalation.ts";
import type { StormSettings } from "../domain/storm.ts";
import type { UnattendedRules } from "../domain/unattended.ts";
import type { Clock, Ids } from "../ports/clock.ts";
import type { JobQueue } from "../ports/job-queue.ts";
import type { Log } from "../ports/log.ts";
import type { Metrics } from "../ports/metrics.ts";
import type { Narrator } from "../ports/narrator.ts";
import type { Planner, Targets } from "../ports/planner.ts";
import type { Store } from "../ports/store.ts";

/** What everything around incidents works with. */
export type Desk = {
  readonly store: Store;
  readonly queue: JobQueue;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly narrator: Narrator;
  readonly planner: Planner;
  /** What is configured now: a request for a target that is gone is refused. */
  readonly targets: Targets;
  readonly rules: AccessRules;
  /** When the configuration wants quiet; absent: never. */
  readonly calm?: CalmRules;
  /** What is done when nobody reacts; absent: nothing. */
  readonly unattended?: UnattendedRules;
  /** What is told outside the chat; absent: nothing is. */
  readonly escalation?: EscalationRules;
  /** When incidents share a thread; absent: never. */
  readonly storms?: StormSettings;
  /**
   * The person with their groups, as of a minute ago at the most; `anew` for decisions, which ask Slack each time. Throws
   * when groups cannot be asked: that means no.
   */
  person(userId: string, asked?: "anew"): Promise<Person>;
};
