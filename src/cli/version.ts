import manifest from "../../package.json" with { type: "json" };

/** Of this release. */
export function version(): string {
  return manifest.version;
}
