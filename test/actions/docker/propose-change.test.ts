import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startGithub, type LabGithub } from "../../../scripts/lab/github.ts";
import type { DockerActionDeps } from "../../../src/actions/docker/deps.ts";
import { ProposeScope } from "../../../src/actions/docker/stored/schema.ts";
import { createComposeFiles } from "../../../src/adapters/compose/compose-files.ts";
import type { ComposeSettings } from "../../../src/adapters/compose/settings.ts";
import { createGithub } from "../../../src/adapters/github/github.ts";
import { realClock } from "../redis/lab.ts";
import { actionOf, daemon, hashed, MIB, newRun, openLab, plan, refusal, target } from "./lab.ts";

const ID = "compose.propose-change";
const FILE = `# gateway\nservices:\n  web:\n    image: web # pinned\n    environment:\n      TUNED: auto\n    mem_limit: 128m\n`;

describe.skipIf(daemon.kind === "absent")("compose.propose-change", () => {
  const { scenes, deps } = openLab();
  const folder = mkdtempSync(join(tmpdir(), "oomph-compose-"));
  const checkout = join(folder, "checkout");
  let github: LabGithub;

  beforeAll(async () => {
    mkdirSync(join(checkout, "deploy"), { recursive: true });
    github = await startGithub();
    await github.commit("deploy/compose.yml", FILE);
  });
  afterAll(async () => {
    await github.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function withCompose(settings: Partial<ComposeSettings>): DockerActionDeps {
    const codeHostOf = (repository: string) =>
      createGithub({ apiUrl: github.apiUrl, token: github.token, timeoutMs: 5000, repository }, realClock);
    const compose = createComposeFiles([{ connection: "local", paths: [], branch: "main", ...settings }], codeHostOf);
    return { ...deps, compose, codeHostOf };
  }

  async function fromCompose(file: string): Promise<string> {
    const labels = {
      "com.docker.compose.project.config_files": file,
      "com.docker.compose.project.working_dir": checkout,
      "com.docker.compose.service": "web",
    };
    return (await scenes.steady({ labels, env: { TUNED: "auto" }, limitMib: 128 })).name;
  }

  test("after a change the diff, the file and a pull request are there; the pull request changes what has to change", async () => {
    const repository = github.repository;
    const some = withCompose({ repository, checkout });
    const name = await fromCompose("deploy/compose.yml");
    const made = await plan(some, { id: "docker.set-environment", name, params: { set: "TUNED=8", limit: "256m" } });
    const run = newRun();
    const action = actionOf(some, "docker.set-environment");
    await action.apply(made, run);
    const after = await action.afterwards?.(made, run);
    expect(after?.files.map((file) => file.name)).toEqual(["compose.yml.diff", "compose.yml"]);
    expect(after?.files[0]?.text).toContain("-      TUNED: auto\n-    mem_limit: 128m\n+      TUNED: 8\n+    mem_limit: 256m\n");
    expect(after?.offers.map(({ actionId }) => actionId)).toEqual([ID, "docker.remove-previous"]);

    const proposal = actionOf(some, ID);
    const asked = await plan(some, { id: ID, name, params: after?.offers[0]?.params ?? {} });
    expect(hashed(await plan(some, { id: ID, name, params: asked.params }))).toBe(hashed(asked));
    const branch = ProposeScope.parse(asked.scope).branch;
    const proposing = newRun();
    expect(await proposal.observe(asked, proposing)).toMatchObject({
      kind: "unknown",
      says: expect.stringContaining(branch),
    });
    await proposal.apply(asked, proposing);
    const checkpoint = proposing.saved.at(-1) ?? null;
    expect(await proposal.observe(asked, { ...proposing, checkpoint })).toMatchObject({ kind: "done" });
    const verified = await proposal.verify(asked, { ...proposing, checkpoint });
    expect(verified).toMatchObject({ helped: true, says: expect.stringMatching(/^Pull request #\d+ asks for it: http/) });
    expect(await github.file("deploy/compose.yml", branch)).toBe(FILE.replace("auto", "8").replace("128m", "256m"));
    expect(await github.file("deploy/compose.yml")).toBe(FILE);
    // Asked for again, as after a lost answer: the same one.
    await proposal.apply(asked, newRun());
    expect(await github.pulls()).toHaveLength(1);

    await github.commit("deploy/compose.yml", FILE.replace("pinned", "changed meanwhile"));
    await expect(proposal.apply(asked, newRun())).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringMatching(/^Nothing was done/),
    });
  });

  test("a file on this host: the diff without its surroundings where it holds secrets, no pull request", async () => {
    const file = join(folder, "compose.yml");
    writeFileSync(file, FILE.replace("TUNED: auto", "DB_PASSWORD: hunter2\n      TUNED: auto"));
    const some = withCompose({ paths: [folder] });
    const name = await fromCompose(file);
    const made = await plan(some, { id: "docker.set-memory-limit", name, params: { limit: "256m" } });
    const after = await actionOf(some, "docker.set-memory-limit").afterwards?.(made, newRun());
    expect(after).toMatchObject({ says: [expect.stringMatching(/without the lines around it, as the file holds secrets/)], offers: [] });
    expect(after?.files.map((one) => one.name)).toEqual(["compose.yml.diff"]);
    expect(JSON.stringify(after)).not.toContain("hunter2");
    expect(readFileSync(file, "utf8")).toContain("mem_limit: 128m");
    expect(await refusal(actionOf(some, ID).plan(target(name), { limit: 256 * MIB }))).toMatch(/no repository is configured/);
    expect(await refusal(actionOf(some, ID).plan(target(name), { limit: 128 * MIB }))).toMatch(/says all of that already/);
  });

  test("what may not be read is not, by whatever way it is named", async () => {
    const outside = mkdtempSync(join(tmpdir(), "oomph-outside-"));
    writeFileSync(join(outside, "compose.yml"), FILE);
    symlinkSync(join(outside, "compose.yml"), join(folder, "link.yml"));
    const some = withCompose({ paths: [folder] });
    const action = actionOf(some, ID);
    for (const file of [join(outside, "compose.yml"), join(folder, "link.yml"), `${folder}/../${outside.split("/").at(-1)}/compose.yml`]) {
      expect(await refusal(action.plan(target(await fromCompose(file)), { limit: "1g" }))).toMatch(/Oomph may not read .*compose\.paths/);
    }
    const gone = await fromCompose(join(folder, "gone.yml"));
    expect(await refusal(action.plan(target(gone), { limit: "1g" }))).toMatch(/cannot be read from here/);
    const bare = await scenes.steady();
    expect(await refusal(action.plan(target(bare.name), { limit: "1g" }))).toMatch(/was not made by Compose/);
    expect(await refusal(action.plan(target(bare.name), { set: "API_TOKEN=x" }))).toMatch(/looks like a secret/);
    rmSync(outside, { recursive: true, force: true });
  });
});
