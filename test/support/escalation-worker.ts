// Tells one escalation in a process of its own, for tests that kill it: bundled, and then: node program.mjs '<WorkerOptions as JSON>'
import { createGithub } from "../../src/adapters/github/github.ts";
import type { GithubSettings } from "../../src/adapters/github/settings.ts";
import { createMailer } from "../../src/adapters/mail/mailer.ts";
import type { MailSettings } from "../../src/adapters/mail/settings.ts";
import { escalate } from "../../src/jobs/escalate.ts";
import { ESCALATION_TIMES } from "../../src/jobs/escalation-deps.ts";
import { startDesk, type DeskOptions } from "./desk.ts";
import { createFakeChat } from "./fake-chat.ts";

export type WorkerOptions = {
  readonly desk: DeskOptions;
  readonly github: GithubSettings;
  readonly mail: MailSettings;
  readonly escalationId: string;
};

const { desk: options, github, mail, escalationId }: WorkerOptions = JSON.parse(process.argv[2] ?? "{}");
const { desk } = await startDesk(options);
const deps = {
  desk,
  chat: createFakeChat(),
  codeHost: createGithub(github, desk.clock),
  mailer: createMailer(mail),
  escalationTimes: ESCALATION_TIMES,
  random: Math.random,
};
process.stdout.write("working\n");
await escalate(deps, escalationId, new AbortController().signal);
