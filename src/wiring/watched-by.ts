import { fitsPattern } from "../domain/name-pattern.ts";
import type { Target } from "../domain/target.ts";
import type { Config } from "../config/build.ts";

/** Is a target to be watched? A container by its name, a workload by `<namespace>/<name>`, the nodes of a cluster always. */
export function watchedBy({ docker, kubernetes }: Pick<Config, "docker" | "kubernetes">): (target: Target) => boolean {
  return (target) => {
    switch (target.kind) {
      case "redis":
        return false;
      case "docker":
        return isAmong(docker.hosts, target.connection, target.name);
      case "workload":
        return isAmong(kubernetes.clusters, target.connection, `${target.namespace}/${target.name}`);
      case "node":
        return kubernetes.clusters.some(({ settings }) => settings.name === target.connection);
    }
  };
}

type Rules = { readonly settings: { readonly name: string }; readonly watch: readonly string[]; readonly ignore: readonly string[] };

function isAmong(connections: readonly Rules[], connection: string, name: string): boolean {
  const rules = connections.find(({ settings }) => settings.name === connection);
  return (
    rules !== undefined &&
    rules.watch.some((pattern) => fitsPattern(pattern, name)) &&
    !rules.ignore.some((pattern) => fitsPattern(pattern, name))
  );
}
