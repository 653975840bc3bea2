import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createComposeFiles } from "../../../src/adapters/compose/compose-files.ts";
import type { ComposeSettings } from "../../../src/adapters/compose/settings.ts";
import type { ComposeProposal } from "../../../src/ports/compose-files.ts";

const folder = mkdtempSync(join(tmpdir(), "oomph-compose-files-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FILE = "services:\n  web:\n    image: web\n    environment: {A: 1}\n";
const CHANGE = { set: { A: "2" }, unset: [] };

function propose(files: string, settings: Partial<ComposeSettings> = { paths: [folder] }): Promise<ComposeProposal> {
  const labels = {
    "com.docker.compose.project.config_files": files,
    "com.docker.compose.project.working_dir": folder,
    "com.docker.compose.service": "web",
  };
  const rules = { connection: "local", paths: [], branch: "main", ...settings };
  return createComposeFiles([rules], () => undefined).propose({ connection: "local", labels }, CHANGE);
}

test("a file below an allowed folder is changed, relative paths from the project's folder", async () => {
  writeFileSync(join(folder, "compose.yml"), FILE);
  const edit = await propose("compose.yml");
  expect(edit).toMatchObject({ kind: "edit", file: join(folder, "compose.yml"), service: "web", holdsSecrets: false });
  expect(edit.kind === "edit" && new TextDecoder().decode(edit.content)).toBe(FILE.replace("A: 1", "A: 2"));
  expect(edit.kind === "edit" && edit.diff).toMatch(/^--- a\/.*\n\+\+\+ b\/.*\n@@ -1,4 \+1,4 @@\n/);
  expect(await propose("compose.yml", { paths: [join(folder, "compose.yml")] })).toMatchObject({ kind: "edit" });
});

test("of several files the one that has the service; when several have it, people decide", async () => {
  mkdirSync(join(folder, "more"));
  writeFileSync(join(folder, "base.yml"), "services:\n  job: {image: x}\n");
  writeFileSync(join(folder, "more/web.yml"), FILE);
  expect(await propose("base.yml,more/web.yml")).toMatchObject({ kind: "edit", file: join(folder, "more/web.yml") });
  writeFileSync(join(folder, "over.yml"), FILE);
  expect(await propose("over.yml,more/web.yml")).toMatchObject({
    kind: "by-hand",
    because: expect.stringMatching(/put together from .*over\.yml, .*web\.yml/),
  });
  expect(await propose("base.yml")).toMatchObject({ kind: "by-hand", because: expect.stringMatching(/no service web/) });
});

test("what is not there, not text, too large or not allowed is left to people", async () => {
  writeFileSync(join(folder, "binary.yml"), Buffer.from([0xff, 0xfe, 0x00]));
  writeFileSync(join(folder, "large.yml"), "#".repeat(3 * 2 ** 20));
  const because = async (...given: Parameters<typeof propose>): Promise<unknown> => {
    const proposal = await propose(...given);
    return proposal.kind === "by-hand" ? proposal.because : proposal;
  };
  expect(await because("none.yml")).toMatch(/cannot be read from here/);
  expect(await because("binary.yml")).toMatch(/is not UTF-8 text/);
  expect(await because("large.yml")).toMatch(/larger than a Compose file/);
  expect(await because("/etc/hostname")).toMatch(/Oomph may not read \/etc\/hostname/);
  expect(await because("compose.yml", { connection: "other" })).toMatch(/Oomph may not read/);
});

test("a container that Compose has not made has no file", async () => {
  const files = createComposeFiles([], () => undefined);
  expect(await files.propose({ connection: "local", labels: {} }, CHANGE)).toEqual({ kind: "none" });
});
