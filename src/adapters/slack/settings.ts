/** How Oomph talks with Slack. Secrets are in here: never log it. */
export type SlackSettings = {
  readonly botToken: string;
  readonly transport: { readonly kind: "socket"; readonly appToken: string } | { readonly kind: "http"; readonly signingSecret: string };
  /** Another Web API than slack.com, with a slash at the end: for a local Slack in tests and the demo. */
  readonly apiUrl?: string;
  /** One call, connection included. */
  readonly timeoutMs: number;
};
