/** Which Compose files of a Docker host may be read, and where they are kept. */
export type ComposeSettings = {
  /** Name of the Docker host's connection. */
  readonly connection: string;
  /** Files, or folders of them. */
  readonly paths: readonly string[];
  /** `owner/name` of the repository that they are kept in. */
  readonly repository?: string;
  /** The folder that is that repository's root, as Compose was given it. */
  readonly checkout?: string;
  /** Pull requests are made against it. */
  readonly branch: string;
};
