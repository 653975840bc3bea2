import { createHash } from "node:crypto";
import { formatBytes, typedBytes } from "../../domain/bytes.ts";
import { OomphError } from "../../domain/errors.ts";
import type { Json } from "../../domain/json.ts";
import type { Observation, Plan, Planned, Verification } from "../../domain/plan.ts";
import { formatTarget, type Target } from "../../domain/target.ts";
import type { ComposeChange, ComposeEdit, ComposeProposal } from "../../ports/compose-files.ts";
import type { Action, RunFacts, RunHandle } from "../action.ts";
import { readCheckpoint, readScope } from "../stored-schema.ts";
import { hostOf, refused } from "./container-session.ts";
import type { DockerActionDeps } from "./deps.ts";
import { secretsAmong } from "./environment.ts";
import { ProposeParams, readParams } from "./schema.ts";
import { ProposeCheckpoint, ProposeScope } from "./stored/schema.ts";

const DOC = {
  id: "compose.propose-change",
  title: "Propose lasting fix",
  risk: "none",
  targetKind: "docker",
  params: [
    { name: "set", says: 'NAME=value, one per line, or {"NAME": "value"}', required: false },
    { name: "unset", says: "names of variables to take away", required: false },
    { name: "limit", says: "the memory limit: 4g or bytes", required: false },
  ],
} as const satisfies Partial<Action>;

/** A pull request with the smallest change of the Compose file that a container comes from. The container stays as it is. */
export function proposeChange(deps: DockerActionDeps): Action {
  return {
    ...DOC,
    plan: (target, params) => planProposal(deps, target, params),
    apply: (plan, run) => applyProposal(deps, plan, run),
    observe: async (plan, run) => observeProposal(plan, run),
    verify: async (plan, run) => verifyProposal(plan, run),
    wayBack: () => undefined,
  };
}

async function planProposal(deps: DockerActionDeps, target: Target, given: Readonly<Record<string, Json>>): Promise<Planned> {
  const read = readParams(ProposeParams, DOC, given);
  if (read.kind === "refused") return read;
  const { set, unset, limit } = read.params;
  const [secret] = secretsAmong(set);
  if (secret !== undefined) return refused(`${secret} looks like a secret: it does not belong into a file that is put into a repository.`);
  const change: ComposeChange = { set, unset, ...(limit === undefined ? {} : { limitBytes: limit }) };
  const proposal = await propose(deps, target, change);
  const because = obstacle(deps, target, proposal);
  if (proposal.kind !== "edit" || proposal.repository === undefined || because !== undefined)
    return refused(because ?? "there is nothing to propose.");
  const { name: repository, branch: base, path } = proposal.repository;
  const after = digest(proposal.content);
  const plan: Plan = {
    actionId: DOC.id,
    target,
    risk: DOC.risk,
    summary: `Ask for a change of ${path} in ${repository}, so that what was done to ${formatTarget(target)} lasts`,
    changes: [
      ...Object.entries(set).map(([name, value]) => ({ what: name, before: "as it is in the file", after: value })),
      ...unset.map((name) => ({ what: name, before: "as it is in the file", after: "not set" })),
      ...(limit === undefined ? [] : [{ what: "Memory limit", before: "as it is in the file", after: formatBytes(limit) }]),
      { what: "Everything else in the file", before: `${proposal.before.length} bytes`, after: "unchanged, byte by byte" },
    ],
    blastRadius: [`Whoever watches ${repository} is told of a pull request against ${base}`],
    warnings: ["Nothing changes until somebody merges it and the container is made anew from the file."],
    wayBack: "Close the pull request.",
    params: { set: { ...set }, unset: [...unset], ...(limit === undefined ? {} : { limit: typedBytes(limit) }) },
    scope: { repository, branch: branchFor(target, after), base, path, before: digest(proposal.before), after },
    before: {},
  };
  return { kind: "planned", plan };
}

async function propose(deps: DockerActionDeps, target: Target, change: ComposeChange): Promise<ComposeProposal> {
  const { host, target: container } = hostOf(deps, target);
  const { labels } = await host.inspect(container.name);
  return deps.compose.propose({ connection: container.connection, labels }, change);
}

function obstacle(deps: DockerActionDeps, target: Target, proposal: ComposeProposal): string | undefined {
  switch (proposal.kind) {
    case "none":
      return `${formatTarget(target)} was not made by Compose: there is no file to change.`;
    case "by-hand":
      return proposal.because;
    case "same":
      return `${proposal.file} says all of that already.`;
    case "edit":
      if (proposal.repository === undefined)
        return `no repository is configured for ${proposal.file}: set docker.connections.<name>.compose.repository and checkout.`;
      if (deps.codeHostOf(proposal.repository.name) === undefined) return "GitHub is not configured: set github.token.";
      return undefined;
  }
}

async function applyProposal(deps: DockerActionDeps, plan: Plan, run: RunHandle): Promise<void> {
  const scope = readScope(ProposeScope, plan);
  const read = readParams(ProposeParams, DOC, plan.params);
  if (read.kind === "refused") throw new OomphError("internal", read.because);
  const { set, unset, limit } = read.params;
  const proposal = await propose(deps, plan.target, { set, unset, ...(limit === undefined ? {} : { limitBytes: limit }) });
  const host = deps.codeHostOf(scope.repository);
  if (host === undefined || !isApproved(proposal, scope))
    throw new OomphError("conflict", `Nothing was done: ${scope.path} is not what it was at the approval. Ask again for a new plan.`);
  const thread = await run.threadUrl();
  const { number, url } = await host.proposeChange(
    {
      branch: scope.branch,
      base: scope.base,
      path: scope.path,
      before: proposal.before,
      content: proposal.content,
      title: `${proposal.service}: ${titleOf({ set, unset, limit })}`,
      body: `What was done to the container ${formatTarget(plan.target)} in a memory incident (run ${run.id}), so that it lasts.\n\nOnly what has to change is changed; all other bytes of the file are as they were.${thread === undefined ? "" : `\n\n[The incident's thread](${thread})`}`,
    },
    run.signal,
  );
  await run.saveCheckpoint({ number, url });
}

function isApproved(
  proposal: ComposeProposal,
  { before, after }: { readonly before: string; readonly after: string },
): proposal is ComposeEdit {
  return proposal.kind === "edit" && digest(proposal.before) === before && digest(proposal.content) === after;
}

function titleOf({
  set,
  unset,
  limit,
}: {
  readonly set: object;
  readonly unset: readonly string[];
  readonly limit: number | undefined;
}): string {
  const parts = [
    ...Object.keys(set),
    ...unset.map((name) => `no ${name}`),
    ...(limit === undefined ? [] : [`memory limit ${formatBytes(limit)}`]),
  ];
  return parts.slice(0, 3).join(", ") + (parts.length > 3 ? " and more" : "");
}

function observeProposal(plan: Plan, run: RunFacts): Observation {
  const made = readCheckpoint(ProposeCheckpoint, run.checkpoint);
  if (made !== undefined) return { kind: "done", says: `pull request ${made.url} is open` };
  const { branch, repository } = readScope(ProposeScope, plan);
  return {
    kind: "unknown",
    says: `whether there is a pull request of the branch ${branch} has to be looked up in ${repository}; asked for again, it is found and not doubled`,
  };
}

function verifyProposal(plan: Plan, run: RunFacts): Verification {
  const made = readCheckpoint(ProposeCheckpoint, run.checkpoint);
  const { path, repository } = readScope(ProposeScope, plan);
  if (made === undefined)
    return { helped: false, says: `The pull request in ${repository} could not be found again: look there.`, rows: [] };
  return {
    helped: true,
    says: `Pull request #${made.number} asks for it: ${made.url}. It counts once it is merged and deployed.`,
    rows: [{ what: path, before: "-", after: made.url, ok: true }],
  };
}

function branchFor(target: Target, after: string): string {
  return `oomph/${target.name.replaceAll(/[^\w.-]/g, "-")}-${after.slice(0, 10)}`;
}

function digest(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
