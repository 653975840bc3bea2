import { existsSync } from "node:fs";
import { loadCommandLineConfig, type Config, type Sources } from "../config.ts";
import { OomphError } from "../domain/errors.ts";
import { requireConfig } from "./load-config.ts";

/** The configured clusters; where none is, the one that `kubectl` itself would speak to. Throws OomphError `bad-input` where there is neither. */
export function clusterConfig(sources: Sources): Config {
  const config = requireConfig(sources);
  if (config.kubernetes.clusters.length > 0) return config;
  const { KUBECONFIG = "", HOME = "" } = sources.env;
  const given = KUBECONFIG.split(":").filter((path) => path !== "");
  // As kubectl does: of several files those that are not there are passed over.
  const paths = (given.length > 0 ? given : [`${HOME}/.kube/config`]).filter((path) => existsSync(path));
  if (paths.length === 0)
    throw new OomphError(
      "bad-input",
      `no cluster is configured, and ${given.length > 0 ? `KUBECONFIG (${KUBECONFIG}) names no file that is there` : `there is no ${HOME}/.kube/config`}: name one under kubernetes.connections in oomph.yaml, or set OOMPH_KUBECONFIG or KUBECONFIG`,
    );
  const loaded = loadCommandLineConfig({ ...sources, env: { ...sources.env, OOMPH_KUBECONFIG: paths.join(",") } });
  if (loaded.kind === "ok") return loaded.config;
  throw new OomphError(
    "bad-input",
    `KUBECONFIG: ${loaded.problems.map(({ expected, received }) => `expected ${expected}, got ${received}`).join("; ")}`,
  );
}
