import { z } from "zod";
import { access } from "./access-schema.ts";
import { alerts } from "./alert-rules-schema.ts";
import { docker } from "./docker-schema.ts";
import { kubernetes, prometheus } from "./kubernetes-schema.ts";
import { redis } from "./redis-schema.ts";
import { http, jobs, log, queue, slack, storms, store, verification } from "./service-schema.ts";
import { escalation, github, mail, watch } from "./watch-schema.ts";
import { webhooks } from "./webhook-schema.ts";

/** oomph.yaml as it is written; the environment is laid over it before it is read. A section that is not there is `{}`. */
export const Document = z.strictObject({
  slack,
  queue,
  store,
  http,
  log,
  redis,
  docker,
  kubernetes,
  prometheus,
  watch,
  github,
  mail,
  escalation,
  alerts,
  webhooks,
  access,
  verification,
  storms,
  jobs,
});

export type Document = z.output<typeof Document>;

/** The same without Slack, for the command line. */
export const CommandLineDocument = Document.omit({ slack: true });

export type CommandLineDocument = z.output<typeof CommandLineDocument>;
