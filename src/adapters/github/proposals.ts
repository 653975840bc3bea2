import { OomphError } from "../../domain/errors.ts";
import type { CodeHost, ProposedChange, PullRequest } from "../../ports/code-host.ts";
import type { GithubApi } from "./api.ts";
import { FileSchema, PullRequestSchema, PullRequestsSchema, RefSchema, RepositorySchema } from "./schema.ts";

type ProposalCalls = Pick<CodeHost, "readFile" | "proposeChange">;

export function proposalCalls(api: GithubApi, repository: string): ProposalCalls {
  return {
    async readFile({ path, branch }, signal) {
      const file = await readFile(api, { path, branch }, signal);
      return file === undefined ? undefined : { path, content: file.content };
    },
    proposeChange: (change, signal) => proposeChange(api, { change, repository }, signal),
  };
}

type Place = { readonly path: string; readonly branch: string | undefined };

/** `sha` names the content, for GitHub to see that nobody else changed it. */
async function readFile(
  api: GithubApi,
  { path, branch }: Place,
  signal: AbortSignal,
): Promise<{ readonly content: Uint8Array; readonly sha: string } | undefined> {
  const call = {
    route: "GET /repos/{owner}/{repo}/contents/{+path}",
    params: { path: pathOf(path), ...(branch === undefined ? {} : { ref: branch }) },
    doing: `read ${path}`,
    signal,
  };
  const file = await api.askUnless(call, 404, FileSchema);
  if (file?.type === "no-file") {
    throw new OomphError(
      "refused",
      `${path} was expected to be a file of at most 1 MB and is a folder, a link or larger: name another path`,
    );
  }
  return file === undefined ? undefined : { content: new Uint8Array(Buffer.from(file.content, "base64")), sha: file.sha };
}

/** Slashes part folders; whatever else a name holds is encoded. */
function pathOf(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

type Proposing = { readonly change: ProposedChange; readonly repository: string };

async function proposeChange(api: GithubApi, { change, repository }: Proposing, signal: AbortSignal): Promise<PullRequest> {
  const base = change.base ?? (await defaultBranch(api, signal));
  const earlier = await findPullRequest(api, { change, repository }, signal);
  if (earlier !== undefined) return earlier;
  await ensureBranch(api, { change, base }, signal);
  await ensureContent(api, change, signal);
  const { branch, title, body } = change;
  const open = {
    route: "POST /repos/{owner}/{repo}/pulls",
    params: { head: branch, base, title, body, maintainer_can_modify: true },
    doing: `open a pull request from ${branch}`,
    signal,
  };
  return toPullRequest(await api.ask(open, PullRequestSchema));
}

async function defaultBranch(api: GithubApi, signal: AbortSignal): Promise<string> {
  const { default_branch } = await api.ask({ route: "GET /repos/{owner}/{repo}", doing: "read the repository", signal }, RepositorySchema);
  return default_branch;
}

async function findPullRequest(api: GithubApi, { change, repository }: Proposing, signal: AbortSignal): Promise<PullRequest | undefined> {
  const [owner] = repository.split("/");
  const params = { head: `${owner}:${change.branch}`, state: "all", per_page: 10 };
  const call = { route: "GET /repos/{owner}/{repo}/pulls", params, doing: "look for an earlier pull request", signal };
  const [found] = await api.ask(call, PullRequestsSchema);
  return found === undefined ? undefined : toPullRequest(found);
}

type Branching = { readonly change: ProposedChange; readonly base: string };

async function ensureBranch(api: GithubApi, { change, base }: Branching, signal: AbortSignal): Promise<void> {
  const ref = (branch: string) => ({
    route: "GET /repos/{owner}/{repo}/git/ref/{+ref}",
    params: { ref: `heads/${pathOf(branch)}` },
    doing: `look for the branch ${branch}`,
    signal,
  });
  if ((await api.askUnless(ref(change.branch), 404, RefSchema)) !== undefined) return;
  const { object } = await api.ask(ref(base), RefSchema);
  const params = { ref: `refs/heads/${change.branch}`, sha: object.sha };
  await api.ask({ route: "POST /repos/{owner}/{repo}/git/refs", params, doing: `make the branch ${change.branch}`, signal }, RefSchema);
}

async function ensureContent(api: GithubApi, change: ProposedChange, signal: AbortSignal): Promise<void> {
  const { path, branch, before, content, title } = change;
  const now = await readFile(api, { path, branch }, signal);
  if (now !== undefined && isSame(now.content, content)) return; // an earlier attempt got this far
  if (now === undefined || !isSame(now.content, before)) {
    const what = now === undefined ? "is not there" : "is not what the change was made from";
    throw new OomphError("conflict", `${path} on the branch ${branch} ${what}: look at the file as it is now and ask again`);
  }
  const put = {
    route: "PUT /repos/{owner}/{repo}/contents/{+path}",
    params: { path: pathOf(path), branch, message: title, content: Buffer.from(content).toString("base64"), sha: now.sha },
    doing: `change ${path} on the branch ${branch}`,
    signal,
  };
  await api.ask(put, { safeParse: (data: unknown) => ({ success: true, data: data ?? null }) as const });
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.from(left).equals(right);
}

function toPullRequest({
  number,
  html_url,
  state,
}: {
  readonly number: number;
  readonly html_url: string;
  readonly state: "open" | "closed";
}): PullRequest {
  return { number, url: html_url, state };
}
