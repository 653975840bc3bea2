import type { AlertClass } from "../domain/alert.ts";
import type { Actor } from "../domain/actor.ts";
import { fittingRunbook } from "../domain/fitting-runbook.ts";
import type { Message } from "../domain/message.ts";
import { given } from "../domain/given.ts";
import { formatTarget, type Target } from "../domain/target.ts";
import { openIncident } from "../incidents/open-incident.ts";
import type { Opened, Opening } from "../incidents/opening.ts";
import { threadLink } from "../incidents/thread-link.ts";
import { refusal } from "../messages/refusal.ts";
import { targetPicker } from "../messages/target-picker.ts";
import { startedNote } from "../messages/started-note.ts";
import { refusedUnless } from "./access.ts";
import { lookUpTarget, type NoTarget } from "./find-target.ts";
import type { Asker, Front } from "./front.ts";

/** `/oom investigate`: starts, or says why not, or asks which target is meant. Undefined: the thread itself answers. */
export async function investigate(
  front: Front,
  asker: Asker,
  asked: { readonly target: string; readonly sinceMs?: number; readonly alertClass?: AlertClass },
): Promise<Message | undefined> {
  const refused = await refusedUnless(front, "investigators", asker.userId);
  if (refused !== undefined) return refused;
  const found = await lookUpTarget(asked.target, front.desk.targets);
  if (found.kind === "none") return unknownTarget(found);
  if (found.kind === "several") return targetPicker({ says: notWhole(asked.target.slice(0, 60), found.targets), targets: found.targets });
  const { userId: id, channel, threadTs } = asker;
  const opened = await open(front, {
    target: found.target,
    actor: { kind: "user", id },
    channel,
    ...rooted(threadTs),
    ...since(asked.sinceMs),
    ...given({ alertClass: asked.alertClass }),
  });
  return opened.kind === "no-runbook" ? opened.refusal : told(front, asker, { opened, backMs: asked.sinceMs });
}

function notWhole(typed: string, targets: readonly Target[]): string {
  return targets.length === 1 ? `"${typed}" is not the whole name of a target. Is this the one?` : `"${typed}" may mean several.`;
}

/** The refusal for a target that there is not, with the nearest names. */
export function unknownTarget({ because, nearest, there }: NoTarget): Message {
  const code = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(", ");
  const known = there.length === 0 ? "No target is configured yet." : `There is ${code(there)}.`;
  return refusal({ because, todo: nearest.length === 0 ? known : `Did you mean ${code(nearest)}?` });
}

export type Opener = Pick<Opening, "target" | "actor" | "channel" | "rootTs" | "sinceMs"> & {
  readonly actor: Actor;
  /** Of the alert for which it is asked. */
  readonly alertClass?: AlertClass;
};
export type OpenOutcome = Opened | { readonly kind: "no-runbook"; readonly refusal: Message };

/** Opens (or joins) the target's incident with the runbook that fits it. */
export async function open(front: Front, { alertClass, ...opener }: Opener): Promise<OpenOutcome> {
  const start = startOf(front, opener.target, alertClass);
  if (start === undefined) return { kind: "no-runbook", refusal: noRunbook(opener.target) };
  return openIncident(front.desk, { ...opener, ...start });
}

/** The refusal for a target that nothing is known to do for. */
export function noRunbook(target: Target): Message {
  return refusal({ because: `no runbook fits ${formatTarget(target)}`, todo: "`/oom runbooks` shows what there is." });
}

/** What an incident of this target starts with: problem, runbook and its steps, all waiting. */
export function startOf(
  { runbooks }: Pick<Front, "runbooks">,
  target: Target,
  alertClass?: AlertClass,
): Pick<Opening, "problem" | "runbookId" | "steps"> | undefined {
  const runbook = fittingRunbook(runbooks, target.kind, alertClass);
  if (runbook === undefined) return undefined;
  const steps = runbook.steps.map((step) => ({ step: step.id, title: step.title, state: { kind: "waiting" } as const }));
  return { problem: runbook.problem, runbookId: runbook.id, steps };
}

type Telling = { readonly opened: Opened; readonly backMs: number | undefined };

async function told(front: Front, asker: Asker, { opened, backMs }: Telling): Promise<Message | undefined> {
  const { incident, kind, investigation } = opened;
  if (asker.threadTs !== undefined && incident.rootTs === asker.threadTs && incident.channel === asker.channel) return undefined;
  const permalink = await threadLink(front, incident);
  return startedNote({
    kind,
    incident,
    looking: investigation !== undefined,
    ...given({ permalink, backMs }),
  });
}

function rooted(threadTs: string | undefined): { readonly rootTs?: string } {
  return threadTs === undefined ? {} : { rootTs: threadTs };
}

function since(sinceMs: number | undefined): { readonly sinceMs?: number } {
  return sinceMs === undefined ? {} : { sinceMs };
}
