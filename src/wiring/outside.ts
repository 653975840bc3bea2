import { createGithub } from "../adapters/github/github.ts";
import { createMailer } from "../adapters/mail/mailer.ts";
import { systemClock as clock } from "../adapters/system/system-clock.ts";
import type { Config } from "../config/build.ts";
import type { EscalationKind, EscalationRules } from "../domain/escalation.ts";
import { ESCALATION_TIMES, type EscalationTimes } from "../jobs/escalation-deps.ts";
import type { CodeHost } from "../ports/code-host.ts";
import type { Mailer } from "../ports/mailer.ts";

export type OutsideParts = {
  readonly rules: EscalationRules;
  /** Where incidents become issues; absent: not configured. */
  readonly codeHost?: CodeHost;
  readonly mailer?: Mailer;
  readonly escalationTimes: EscalationTimes;
};

/** What is told outside the chat, and by what. */
export function outsideParts({ github, mail, escalation }: Config): OutsideParts {
  const repository = github?.repository;
  const kinds: readonly EscalationKind[] = [
    ...(repository === undefined ? [] : (["github-issue"] as const)),
    ...(mail === undefined ? [] : (["mail"] as const)),
  ];
  return {
    rules: { on: escalation.on, kinds },
    escalationTimes: { ...ESCALATION_TIMES, lateAfterMs: escalation.lateAfterMs },
    ...(github === undefined || repository === undefined ? {} : { codeHost: createGithub({ ...github, repository }, clock) }),
    ...(mail === undefined ? {} : { mailer: createMailer(mail) }),
  };
}
