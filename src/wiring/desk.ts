import { createPlanner } from "../actions/index.ts";
import type { Action } from "../actions/action.ts";
import { randomIds as ids } from "../adapters/system/random-ids.ts";
import { systemClock as clock } from "../adapters/system/system-clock.ts";
import type { Config } from "../config/build.ts";
import type { EscalationRules } from "../domain/escalation.ts";
import type { Desk } from "../incidents/desk.ts";
import { createPeople } from "../incidents/people.ts";
import { createNarrator } from "../jobs/narrate.ts";
import type { Chat } from "../ports/chat.ts";
import type { Targets } from "../ports/planner.ts";
import { TIMES } from "./times.ts";

type DeskParts = Pick<Desk, "store" | "queue" | "log" | "metrics"> & {
  readonly chat: Pick<Chat, "groupMembers">;
  readonly actions: readonly Action[];
  readonly targets: Targets;
  readonly escalation: EscalationRules;
};

/** The desk as configured: the same for the process and for a command line beside it. */
export function createDesk(
  config: Pick<Config, "access" | "storms" | "calm" | "unattended">,
  { chat, actions, ...parts }: DeskParts,
): Desk {
  const { access: rules, storms, calm, unattended } = config;
  const { person } = createPeople({ rules, clock, groupMembers: chat.groupMembers, ttlMs: TIMES.groupsMs });
  return {
    ...parts,
    clock,
    ids,
    rules,
    person,
    storms,
    calm,
    ...(unattended === undefined ? {} : { unattended }),
    narrator: createNarrator({ ids, clock, actions, storms }),
    planner: createPlanner(actions),
  };
}
