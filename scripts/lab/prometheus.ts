import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProgram, startServer, type FoundProgram, type ServerLab } from "./programs.ts";

/** The `prometheus` on PATH. */
export function findPrometheus(): Promise<FoundProgram> {
  return findProgram(["prometheus"], "prometheus");
}

/**
 * A real Prometheus on loopback that scrapes as told, with its data in a folder that goes when it stops. The configuration is
 * JSON, which is YAML; `rules` are in a file beside it.
 */
export async function startPrometheus(configuration: object, rules?: object): Promise<ServerLab> {
  const folder = await mkdtemp(join(tmpdir(), "oomph-prometheus-"));
  const config = join(folder, "prometheus.yml");
  const ruleFiles = rules === undefined ? {} : { rule_files: [join(folder, "rules.yml")] };
  await writeFile(config, JSON.stringify({ ...configuration, ...ruleFiles }));
  if (rules !== undefined) await writeFile(join(folder, "rules.yml"), JSON.stringify(rules));
  return startServer({
    program: "prometheus",
    options: (port) => [`--config.file=${config}`, `--storage.tsdb.path=${join(folder, "data")}`, `--web.listen-address=127.0.0.1:${port}`],
    isReady: /Server is ready to receive web requests/,
    end: () => rm(folder, { recursive: true, force: true }),
  });
}
