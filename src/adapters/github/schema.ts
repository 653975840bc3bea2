import { z } from "zod";

/** What is used of GitHub's answers. Source: GitHub REST API, version 2022-11-28. */
export const IssueSchema = z.object({ number: z.int(), html_url: z.string() });

/** Pull requests come along in the list of issues. */
export const IssuesSchema = z.array(
  IssueSchema.extend({
    body: z.string().nullish(),
    created_at: z.iso.datetime(),
    pull_request: z.unknown().optional(),
  }),
);

export const LabelsSchema = z.array(z.object({ name: z.string() }));
export const CommentsSchema = z.array(z.object({ body: z.string().nullish() }));
export const RepositorySchema = z.object({ default_branch: z.string() });
export const RefSchema = z.object({ object: z.object({ sha: z.string() }) });

/** A file up to 1 MB; a larger one comes without its content, a folder as a list. */
export const FileSchema = z.union([
  z.object({ type: z.literal("file"), sha: z.string(), encoding: z.literal("base64"), content: z.string() }),
  z.union([z.array(z.unknown()), z.object({ type: z.string() })]).transform(() => ({ type: "no-file" }) as const),
]);

export const PullRequestSchema = z.object({ number: z.int(), html_url: z.string(), state: z.enum(["open", "closed"]) });
export const PullRequestsSchema = z.array(PullRequestSchema);

/** What GitHub says when it refuses. */
export const RefusalSchema = z.object({
  message: z.string().catch(""),
  errors: z
    .array(z.object({ message: z.string().exactOptional(), field: z.string().exactOptional(), code: z.string().exactOptional() }))
    .catch([]),
});
