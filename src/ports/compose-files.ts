/** Compose files that containers were made from, as far as Oomph may read them. Nothing is written. */
export type ComposeFiles = {
  /** What the file would have to say for a change to last. Throws OomphError when a repository does not answer. */
  propose(container: ComposeContainer, change: ComposeChange): Promise<ComposeProposal>;
};

export type ComposeContainer = {
  /** Name of the Docker host's connection. */
  readonly connection: string;
  readonly labels: Readonly<Record<string, string>>;
};

export type ComposeChange = {
  /** Values as the process shall get them: `$` is doubled where Compose would take it for a variable. */
  readonly set: Readonly<Record<string, string>>;
  readonly unset: readonly string[];
  readonly limitBytes?: number;
};

export type ComposeProposal =
  /** The container was not made by Compose. */
  | { readonly kind: "none" }
  /** A sentence: why it cannot be done safely, and where to change what. */
  | { readonly kind: "by-hand"; readonly because: string }
  /** The file says all of it already. */
  | { readonly kind: "same"; readonly file: string }
  | ComposeEdit;

export type ComposeEdit = {
  readonly kind: "edit";
  /** As Compose was given it; the path within the repository where it is read from there. */
  readonly file: string;
  readonly service: string;
  readonly before: Uint8Array;
  readonly content: Uint8Array;
  /** Unified; without the lines around where the file holds secrets. */
  readonly diff: string;
  /** Values in it look like secrets: it is not for a chat. */
  readonly holdsSecrets: boolean;
  /** Where it can be proposed as a pull request. */
  readonly repository?: { readonly name: string; readonly branch: string; readonly path: string };
};
