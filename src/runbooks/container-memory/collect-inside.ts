import type { Json } from "../../domain/json.ts";
import { commandLineOf } from "./collect-readings.ts";
import { PRINT_FILES, readFiles } from "./inside.ts";
import { CGROUP_FILES, readCgroup } from "./read-cgroup.ts";
import { recogniseSettings, settingsInFile } from "./recognise-settings.ts";
import type { ContainerSession } from "./session.ts";

// Where servers that are often containers keep how many workers they start.
const CONFIGURATIONS = [
  "/etc/nginx/nginx.conf",
  "/usr/local/openresty/nginx/conf/nginx.conf",
  "/usr/local/kong/nginx.conf",
  "/usr/local/etc/php-fpm.conf",
  "/usr/local/etc/php-fpm.d/www.conf",
  "/usr/local/etc/php/php.ini",
];

/** Worker, cache and heap settings from variables and command, and from files where there are such and they can be read. */
export async function collectEnvironment(session: ContainerSession): Promise<Json> {
  const facts = await session.host.inspect(session.id);
  const found = recogniseSettings(facts.environment, commandLineOf(facts));
  const files = await readInside(session, CONFIGURATIONS).catch(() => new Map<string, readonly string[]>());
  return { ...found, settings: [...found.settings, ...[...files].flatMap(([path, lines]) => settingsInFile(path, lines))] };
}

/** What the kernel counts for the container, from its own cgroup files, and /proc/meminfo. */
export async function collectCgroup(session: ContainerSession): Promise<Json> {
  return readCgroup(await readInside(session, CGROUP_FILES));
}

async function readInside(session: ContainerSession, paths: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  return readFiles(await session.inside(PRINT_FILES, paths));
}
