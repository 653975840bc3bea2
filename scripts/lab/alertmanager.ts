import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { findProgram, startServer, type FoundProgram, type ServerLab } from "./programs.ts";

const run = promisify(execFile);

/** The `alertmanager` on PATH; Debian calls it `prometheus-alertmanager`. */
export function findAlertmanager(): Promise<FoundProgram> {
  return findProgram(["prometheus-alertmanager", "alertmanager"], "prometheus-alertmanager");
}

/** A real Alertmanager on loopback, by itself, with its data in a folder that goes when it stops. The configuration is JSON, which is YAML. */
export async function startAlertmanager(program: string, configuration: object): Promise<ServerLab> {
  const folder = await mkdtemp(join(tmpdir(), "oomph-alertmanager-"));
  const config = join(folder, "alertmanager.yml");
  await writeFile(config, JSON.stringify(configuration));
  return startServer({
    program,
    options: (port) => [
      `--config.file=${config}`,
      `--storage.path=${join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--cluster.listen-address=",
    ],
    isReady: /msg="?Listening/,
    end: () => rm(folder, { recursive: true, force: true }),
  });
}

/** `amtool alert add`, as its manual shows it. */
export async function addAlert(url: string, alert: AddedAlert): Promise<void> {
  const { name, labels, annotations = {}, endsAt } = alert;
  await run("amtool", [
    `--alertmanager.url=${url}`,
    "alert",
    "add",
    ...(endsAt === undefined ? [] : [`--end=${endsAt.toISOString()}`]),
    ...Object.entries(annotations).map(([annotation, value]) => `--annotation=${annotation}=${value}`),
    name,
    ...Object.entries(labels).map(([label, value]) => `${label}=${value}`),
  ]);
}

export type AddedAlert = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Absent: it goes on until Alertmanager's resolve_timeout. */
  readonly endsAt?: Date;
};
