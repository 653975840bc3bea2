import type { Label } from "../../domain/escalation.ts";
import type { CodeHost, Issue, IssueChange, NewIssue } from "../../ports/code-host.ts";
import type { Call, GithubApi } from "./api.ts";
import { carries, marked } from "./keys.ts";
import { CommentsSchema, IssueSchema, IssuesSchema, LabelsSchema } from "./schema.ts";

type IssueCalls = Pick<CodeHost, "ensureLabels" | "findIssue" | "openIssue" | "updateIssue" | "comment">;

const PAGE = 100;
// What is looked for is young: it stands on the first pages.
const MOST_PAGES = 20;

export function issueCalls(api: GithubApi): IssueCalls {
  const known = new Set<string>();
  return {
    async ensureLabels(labels, signal) {
      for (const label of labels.filter(({ name }) => !known.has(name))) {
        await ensureLabel(api, label, signal);
        known.add(label.name);
      }
    },
    findIssue: (key, sinceMs, signal) => findIssue(api, { key, sinceMs }, signal),
    openIssue: (issue, signal) => openIssue(api, issue, signal),
    updateIssue: (number, change, signal) => updateIssue(api, { number, change }, signal),
    comment: (number, { key, text }, signal) => comment(api, { number, key, text }, signal),
  };
}

async function ensureLabel(api: GithubApi, { name, description, color }: Label, signal: AbortSignal): Promise<void> {
  const there = { route: "GET /repos/{owner}/{repo}/labels/{name}", params: { name }, doing: `look for the label ${name}`, signal };
  if ((await api.askUnless(there, 404, anything)) !== undefined) return;
  const make: Call = {
    route: "POST /repos/{owner}/{repo}/labels",
    params: { name, description, color },
    doing: `make the label ${name}`,
    signal,
  };
  await api.askUnless(make, 422, anything); // 422: another replica was faster
}

/**
 * Newest first, open and closed, until they are older than `sinceMs`. The search API would be simpler and lags by a minute;
 * a list by label would miss an issue whose labels somebody took off.
 */
async function findIssue(
  api: GithubApi,
  { key, sinceMs }: { readonly key: string; readonly sinceMs: number },
  signal: AbortSignal,
): Promise<Issue | undefined> {
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const params = { state: "all", sort: "created", direction: "desc", per_page: PAGE, page };
    const call = { route: "GET /repos/{owner}/{repo}/issues", params, doing: "look for an earlier issue", signal };
    const issues = await api.ask(call, IssuesSchema);
    const found = issues.find(({ body, pull_request }) => pull_request === undefined && carries(body, key));
    if (found !== undefined) return toIssue(found);
    const oldest = issues.at(-1);
    if (oldest === undefined || issues.length < PAGE || Date.parse(oldest.created_at) < sinceMs) return undefined;
  }
  return undefined;
}

async function openIssue(api: GithubApi, { key, title, body, labels }: NewIssue, signal: AbortSignal): Promise<Issue> {
  const params = { title, body: marked(key, body), labels };
  return toIssue(await api.ask({ route: "POST /repos/{owner}/{repo}/issues", params, doing: "open an issue", signal }, IssueSchema));
}

type Updating = { readonly number: number; readonly change: IssueChange };

async function updateIssue(api: GithubApi, { number, change }: Updating, signal: AbortSignal): Promise<Issue> {
  const { key, body, addLabels, removeLabels, state } = change;
  const one = { issue_number: number };
  const turn = state === undefined ? {} : { state, state_reason: state === "closed" ? "completed" : "reopened" };
  const doing = `update issue #${number}`;
  const params = { ...one, body: marked(key, body), ...turn };
  const issue = await api.ask({ route: "PATCH /repos/{owner}/{repo}/issues/{issue_number}", params, doing, signal }, IssueSchema);
  if (addLabels.length > 0) {
    const route = "POST /repos/{owner}/{repo}/issues/{issue_number}/labels";
    await api.ask({ route, params: { ...one, labels: addLabels }, doing, signal }, LabelsSchema);
  }
  for (const name of removeLabels) {
    const route = "DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}";
    await api.askUnless({ route, params: { ...one, name }, doing, signal }, 404, anything); // 404: it had none
  }
  return toIssue(issue);
}

type Commenting = { readonly number: number; readonly key: string; readonly text: string };

async function comment(api: GithubApi, { number, key, text }: Commenting, signal: AbortSignal): Promise<void> {
  if (await hasComment(api, { number, key }, signal)) return;
  const route = "POST /repos/{owner}/{repo}/issues/{issue_number}/comments";
  await api.ask(
    { route, params: { issue_number: number, body: marked(key, text) }, doing: `comment on issue #${number}`, signal },
    anything,
  );
}

/** Comments come oldest first and in no other order: all pages are read. */
async function hasComment(api: GithubApi, { number, key }: Omit<Commenting, "text">, signal: AbortSignal): Promise<boolean> {
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const call = {
      route: "GET /repos/{owner}/{repo}/issues/{issue_number}/comments",
      params: { issue_number: number, per_page: PAGE, page },
      doing: `read the comments on issue #${number}`,
      signal,
    };
    const comments = await api.ask(call, CommentsSchema);
    if (comments.some(({ body }) => carries(body, key))) return true;
    if (comments.length < PAGE) return false;
  }
  return false;
}

function toIssue({ number, html_url }: { readonly number: number; readonly html_url: string }): Issue {
  return { number, url: html_url };
}

/** For answers that are not looked into. */
const anything = { safeParse: (value: unknown) => ({ success: true, data: value ?? null }) as const };
