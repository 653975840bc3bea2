#!/usr/bin/env node
// The `oomph` command. It runs what scripts/setup.mjs made of src/cli/main.ts.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const main = new URL("../dist/cli.js", import.meta.url);

if (existsSync(main)) {
  await import(main.href);
} else {
  console.error(`oomph is not compiled yet: expected ${fileURLToPath(main)}. Run "npm run setup" once, then try again.`);
  process.exitCode = 70;
}
