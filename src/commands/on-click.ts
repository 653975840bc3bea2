import { given } from "../domain/given.ts";
import type { Message } from "../domain/message.ts";
import { requestAction } from "../incidents/request-action.ts";
import { resolveIncident } from "../incidents/resolve.ts";
import { takeOut } from "../incidents/take-out.ts";
import { note } from "../messages/note.ts";
import { refusal } from "../messages/refusal.ts";
import { requestCard } from "../messages/request-card.ts";
import type { Inbound } from "../ports/inbound.ts";
import type { JobPast } from "../ports/job-queue.ts";
import { refusedUnless } from "./access.ts";
import { attempt } from "./attempt.ts";
import { notice } from "./notice.ts";
import { decideBy, cancelBy } from "./decide-by.ts";
import type { Front } from "./front.ts";
import { show } from "./look.ts";
import { isIdOf, notOurs } from "./opaque-id.ts";
import { askWhich, pick } from "./on-pick.ts";
import { requestedAnswer } from "./run-action.ts";
import { runCommand } from "./run-command.ts";
import type { Command } from "./parse-command.ts";
import { onIt } from "./on-it.ts";
import { snoozeIncident, unmute } from "./silence.ts";
import { tellOne } from "./tell-one.ts";

export type Click = Extract<Inbound, { readonly kind: "click" }>;

/** A button was pressed or an entry chosen. What it carries is an id to look up, never trusted. */
export async function onClick(front: Front, click: Click, { tries }: Pick<JobPast, "tries">): Promise<void> {
  const kept = async (): Promise<void> => (tries === 0 ? whisper(front, click, note(KEPT)) : undefined);
  const work = async (): Promise<Message | undefined> => {
    await notice(front, click);
    return press(front, click);
  };
  const answer = await attempt(front, work, DECISIONS.has(click.actionId) ? kept : undefined);
  if (answer !== undefined) await whisper(front, click, answer);
}

const DECISIONS: ReadonlySet<string> = new Set(["request_approve", "request_deny", "request_cancel"]);
const KEPT =
  "Oomph's database is busy or away at the moment. Your click is kept and counts as soon as it is back: you need not press again, and the thread says when it is done.";

/** Said to the one who pressed, and to nobody else. */
export async function whisper(front: Front, click: Click, message: Message): Promise<void> {
  const { channel, threadTs, userId, responseUrl } = click;
  await tellOne(front, { channel, userId, ...given({ threadTs, responseUrl }) }, message);
}

const MENU: ReadonlyMap<string, Command> = new Map([
  ["menu_incidents", { kind: "incidents", which: "open" }],
  ["menu_approvals", { kind: "approvals" }],
  ["menu_locks", { kind: "locks" }],
  ["menu_runbooks", { kind: "runbooks" }],
  ["menu_whoami", { kind: "whoami" }],
]);

async function press(front: Front, click: Click): Promise<Message | undefined> {
  const { actionId, value, userId, channel } = click;
  const command = MENU.get(actionId);
  if (command !== undefined) return runCommand(front, { userId, channel }, command);
  switch (actionId) {
    case "offer_ask":
      return ask(front, click);
    case "request_approve":
      return decideBy(front, { requestId: value, userId, kind: "approve" });
    case "request_deny":
      return decideBy(front, { requestId: value, userId, kind: "deny" });
    case "request_cancel":
      return cancelBy(front, { requestId: value, userId });
    case "request_show":
      return card(front, click);
    case "incident_show":
      return (await refusedUnless(front, "investigators", userId)) ?? show(front, value);
    case "incident_resolve":
      return resolve(front, click);
    case "storm_take_out":
      return ownThread(front, click);
    case "incident_snooze":
      return isIdOf("inc", value) || isIdOf("stm", value)
        ? ((await refusedUnless(front, "investigators", userId)) ?? snoozeIncident(front, click))
        : notOurs(front, click);
    case "incident_attend":
      return (await refusedUnless(front, "investigators", userId)) ?? onIt(front, click);
    case "silence_end":
      return isIdOf("sil", value)
        ? ((await refusedUnless(front, "investigators", userId)) ?? unmute(front, userId, value))
        : notOurs(front, click);
    case "target_pick":
      return pick(front, click);
    case "stray_pick":
      return askWhich(front, click);
    default:
      return notOurs(front, click);
  }
}

async function ask(front: Front, click: Click): Promise<Message | undefined> {
  const offer = isIdOf("off", click.value) ? await front.desk.store.offers.get(click.value) : undefined;
  if (offer === undefined) return notOurs(front, click);
  const refused = await refusedUnless(front, "requesters", click.userId);
  if (refused !== undefined) return refused;
  const { incidentId, actionId, target, params } = offer;
  return requestedAnswer(front, await requestAction(front.desk, { incidentId, actionId, target, params, userId: click.userId }));
}

async function card(front: Front, click: Click): Promise<Message> {
  const { store, planner } = front.desk;
  const refused = await refusedUnless(front, "investigators", click.userId);
  if (refused !== undefined) return refused;
  const request = isIdOf("req", click.value) ? await store.requests.get(click.value) : undefined;
  if (request === undefined) return notOurs(front, click);
  const title = planner.actions.find((action) => action.id === request.actionId)?.title ?? request.actionId;
  return requestCard({ title, request, decisions: await store.requests.decisions(request.id) });
}

async function resolve(front: Front, click: Click): Promise<Message> {
  if (!isIdOf("inc", click.value)) return notOurs(front, click);
  const resolved = await resolveIncident(front.desk, { incidentId: click.value, userId: click.userId });
  switch (resolved.kind) {
    case "refused":
      return refusal({ because: resolved.because });
    case "no-such-incident":
      return notOurs(front, click);
    case "already-resolved":
      return note(`\`${resolved.incident.id}\` is resolved already.`);
    case "resolved":
      return note(`\`${resolved.incident.id}\` is resolved. Its thread says so.`);
  }
}

/** One of a storm is to be followed alone. */
async function ownThread(front: Front, click: Click): Promise<Message> {
  if (!isIdOf("inc", click.value)) return notOurs(front, click);
  const refused = await refusedUnless(front, "investigators", click.userId);
  if (refused !== undefined) return refused;
  const taken = await takeOut(front.desk, click.value);
  switch (taken.kind) {
    case "no-such-incident":
      return notOurs(front, click);
    case "has-its-own":
      return note(`\`${taken.incident.id}\` has a thread of its own already, in <#${taken.incident.channel}>.`);
    case "taken-out":
      return note(`\`${taken.incident.id}\` gets a thread of its own, in <#${taken.incident.channel}>.`);
  }
}
