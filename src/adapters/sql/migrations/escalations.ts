import type { Migration } from "./migration.ts";

/** What is told outside the chat: issues and mail. */
export const escalations: Migration = {
  name: "0002-escalations",
  statements: ({ integer, position, strict }) => [
    `create table escalations (
      position ${position},
      id text not null unique,
      incident_id text not null references incidents (id),
      kind text not null,
      key text not null,
      event text not null,
      says text not null,
      raised_at_ms ${integer} not null,
      last_raised_at_ms ${integer} not null,
      times ${integer} not null,
      sent_times ${integer} not null,
      state text not null,
      due_since_ms ${integer} not null,
      attempts ${integer} not null,
      next_attempt_at_ms ${integer} not null,
      first_attempt_at_ms ${integer},
      claimed_until_ms ${integer},
      last_error text,
      sent_at_ms ${integer},
      external_id text,
      external_url text,
      reached text not null,
      told text,
      unique (incident_id, kind, key)
    )${strict}`,
    "create index escalations_due on escalations (next_attempt_at_ms) where state = 'due'",
  ],
};
