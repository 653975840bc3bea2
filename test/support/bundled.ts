import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { rolldown } from "rolldown";
import { onTestFinished } from "vitest";

const HOME = resolve(import.meta.dirname, "../../.oomph"); // packages are found from there

/** A program as JavaScript until the test ends: started under tsx, it would compile all that it imports, which takes ten times as long. */
export async function bundled(program: string): Promise<string> {
  await mkdir(HOME, { recursive: true });
  const dir = await mkdtemp(join(HOME, "test-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const built = await rolldown({ input: { program }, platform: "node", external: /^[^./]/ });
  await built.write({ dir, entryFileNames: "[name].mjs", chunkFileNames: "[name]-[hash].mjs" });
  await built.close();
  return join(dir, "program.mjs");
}
