/** One repository of GitHub or GitHub Enterprise. A compose file in another repository is another of these. */
export type GithubSettings = {
  /** A fine-grained token: issues read and write; for pull requests contents and pull requests read and write. Never logged. */
  readonly token: string;
  /** `owner/name`. */
  readonly repository: string;
  /** `https://api.github.com`, on GitHub Enterprise `https://<host>/api/v3`. */
  readonly apiUrl: string;
  /** Longest wait for one answer. */
  readonly timeoutMs: number;
};
