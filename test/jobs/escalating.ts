import { startGithub, type LabGithub } from "../../scripts/lab/github.ts";
import { startSmtp, type LabSmtp } from "../../scripts/lab/smtp.ts";
import { createGithub } from "../../src/adapters/github/github.ts";
import { createMailer } from "../../src/adapters/mail/mailer.ts";
import type { MailSettings } from "../../src/adapters/mail/settings.ts";
import type { Escalation, EscalationEvent, EscalationKind } from "../../src/domain/escalation.ts";
import type { Incident } from "../../src/domain/incident.ts";
import { commit } from "../../src/incidents/commit.ts";
import type { Desk } from "../../src/incidents/desk.ts";
import { escalate as raise } from "../../src/incidents/escalate.ts";
import { escalate } from "../../src/jobs/escalate.ts";
import { ESCALATION_TIMES, type EscalateDeps } from "../../src/jobs/escalation-deps.ts";
import type { JobOutcome } from "../../src/ports/job-queue.ts";
import { CHANNEL, type TestDesk } from "../support/desk.ts";
import { createFakeChat, type FakeChat } from "../support/fake-chat.ts";
import { openOrJoin } from "../support/open-or-join.ts";

export const ONCALL = "oncall@example.com";
export const SECOND = "second@example.com";
export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;

/** A local GitHub and a local mail server, shared by the tests of a file. */
export type Outside = { readonly github: LabGithub; readonly smtp: LabSmtp; stop(): Promise<void> };

export async function startOutside(): Promise<Outside> {
  const [github, smtp] = await Promise.all([startGithub(), startSmtp()]);
  return { github, smtp, stop: async () => void (await Promise.all([github.stop(), smtp.stop()])) };
}

export function mailSettings({ host, port }: LabSmtp, to: readonly string[] = [ONCALL]): MailSettings {
  return { host, port, tls: "none", from: "Oomph <oomph@example.com>", to, timeoutMs: 10_000 };
}

/** What the job works with, on the labs; the times are the real ones. */
export function depsOn({ desk }: TestDesk, outside: Outside, to?: readonly string[]): EscalateDeps & { readonly chat: FakeChat } {
  const { apiUrl, token, repository } = outside.github;
  return {
    desk: deskOn(desk),
    chat: createFakeChat(),
    codeHost: createGithub({ apiUrl, token, repository, timeoutMs: 10_000 }, desk.clock),
    mailer: createMailer(mailSettings(outside.smtp, to)),
    escalationTimes: ESCALATION_TIMES,
    random: () => 0.5,
  };
}

/** Everything is told, in both places. */
export function deskOn(desk: Desk, kinds: readonly EscalationKind[] = ["github-issue", "mail"]): Desk {
  return { ...desk, escalation: { on: ["warning", "leak", "critical", "killed"], kinds } };
}

/** An open incident of a container. */
export async function anIncident({ store, ids, clock }: Desk, change: Partial<Incident> = {}): Promise<Incident> {
  const nowMs = clock.nowMs();
  const candidate: Incident = {
    id: ids.nextShort("inc"),
    fingerprint: ids.next("fingerprint"),
    target: { kind: "docker", connection: "local", name: "kong" },
    problem: "container-memory",
    state: "open",
    channel: CHANNEL,
    rootTs: "1700000000.000100",
    openedBy: { kind: "oomph" },
    openedAtMs: nowMs,
    lastSeenAtMs: nowMs,
    timesSeen: 1,
    ...change,
  };
  return (await openOrJoin(store.incidents, candidate, 0)).incident;
}

export function happens({ desk }: EscalateDeps, incident: Incident, [event, says = `kong: ${event}`]: Happening): Promise<void> {
  return commit(desk, (tables) => raise(tables, desk, { incident, event, says }));
}

/** An event and what it says. */
type Happening = readonly [EscalationEvent, string?];

export function run(deps: EscalateDeps, id: string): Promise<JobOutcome> {
  return escalate(deps, id, new AbortController().signal);
}

/** Everything that is due, until nothing is. */
export async function runAll(deps: EscalateDeps): Promise<void> {
  const { store, clock } = deps.desk;
  for (let due = await store.escalations.due(clock.nowMs(), 9); due.length > 0; due = await store.escalations.due(clock.nowMs(), 9)) {
    for (const { id } of due) await run(deps, id);
  }
}

/** By kind and key: `mail critical`. */
export async function rowOf({ store }: Desk, incident: Incident, name: `${EscalationKind} ${string}`): Promise<Escalation> {
  const row = (await store.escalations.ofIncident(incident.id)).find(({ kind, key }) => `${kind} ${key}` === name);
  if (row === undefined) throw new Error(`expected ${name} to have been raised`);
  return row;
}

/** What the thread says about issues and mail, oldest first: one entry per message. */
export async function thread({ store }: Desk, incident: Incident): Promise<readonly { readonly slot: string; readonly says: string }[]> {
  const said = (await store.outbox.ofIncident(incident.id)).filter(({ slot }) => slot.includes("/escalation/"));
  return said.map(({ slot, content }) => ({
    slot,
    says: content.kind === "message" ? JSON.stringify(content.message.blocks) : "",
  }));
}
