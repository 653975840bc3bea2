import type { DockerConfig } from "../config/build-outside.ts";

/** Is a container of a connection, by its name, to be watched? */
export function watchedBy({ hosts }: DockerConfig): (connection: string, container: string) => boolean {
  return (connection, container) => {
    const host = hosts.find(({ settings }) => settings.name === connection);
    return host !== undefined && fits(host.watch, container) && !fits(host.ignore, container);
  };
}

function fits(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => (pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : pattern === name));
}
