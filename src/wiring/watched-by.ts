import { fitsPattern } from "../domain/name-pattern.ts";
import type { DockerConfig } from "../config/build-outside.ts";

/** Is a container of a connection, by its name, to be watched? */
export function watchedBy({ hosts }: DockerConfig): (connection: string, container: string) => boolean {
  return (connection, container) => {
    const host = hosts.find(({ settings }) => settings.name === connection);
    return (
      host !== undefined &&
      host.watch.some((pattern) => fitsPattern(pattern, container)) &&
      !host.ignore.some((pattern) => fitsPattern(pattern, container))
    );
  };
}
