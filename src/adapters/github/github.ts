import type { Clock } from "../../ports/clock.ts";
import type { CodeHost } from "../../ports/code-host.ts";
import { createApi } from "./api.ts";
import { issueCalls } from "./issues.ts";
import { proposalCalls } from "./proposals.ts";
import type { GithubSettings } from "./settings.ts";

/** One repository on GitHub. The SDK is loaded with the first call. */
export function createGithub(settings: GithubSettings, clock: Pick<Clock, "nowMs">): CodeHost {
  const api = createApi(settings, clock.nowMs);
  return { repository: settings.repository, ...issueCalls(api), ...proposalCalls(api, settings.repository) };
}
