// Makes a checkout ready: `npm run setup`, and first in `npm test` and `npm run demo`. Plain JavaScript without
// dependencies, because it runs before there are any. Asks the network only for what is missing.
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { compileSources } from "./setup/compile.mjs";
import { bringNginx } from "./setup/nginx.mjs";
import { checkNode } from "./setup/node-version.mjs";
import { installPackages } from "./setup/packages.mjs";
import { linkPostgresLibraries } from "./setup/postgres.mjs";
import { bringRedis } from "./setup/redis.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const startedAtMs = performance.now();

try {
  const { engines } = JSON.parse(readFileSync(resolve(root, "package.json"), "utf8"));
  checkNode(process.versions.node, engines.node);
  const done = [installPackages(root), linkPostgresLibraries(root), bringRedis(), bringNginx(root), compileSources(root)].filter(
    (step) => step !== undefined,
  );
  const tookSeconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
  console.error(`set-up: ${done.length === 0 ? "nothing was missing" : done.join("; ")} (${tookSeconds} s)`);
} catch (error) {
  console.error(`set-up failed: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
