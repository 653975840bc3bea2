import type { Migration } from "./migration.ts";

/** By which post each incident was opened: of several in one post only the first has its thread below it. */
export const posts: Migration = {
  name: "0013-posts",
  statements: () => [
    "alter table incidents add column post_ts text",
    `update incidents set post_ts = root_ts where opened_by like '%"kind":"alert"%'`,
    "create index incidents_by_post on incidents (channel, post_ts)",
  ],
};
