/** Who did something. People are Slack ids (`U...`), never names; on the command line the login name. */
export type Actor =
  | { readonly kind: "user"; readonly id: string }
  | { readonly kind: "alert"; readonly source: string }
  | { readonly kind: "cli"; readonly login: string }
  | { readonly kind: "oomph" };

/** For stores, logs and the audit: `user:U123`, `alert:slack`, `cli:root`, `oomph`. */
export function formatActor(actor: Actor): string {
  switch (actor.kind) {
    case "user":
      return `user:${actor.id}`;
    case "alert":
      return `alert:${actor.source}`;
    case "cli":
      return `cli:${actor.login}`;
    case "oomph":
      return "oomph";
  }
}
