import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseCommand, USAGE, type CommandKind } from "../../src/commands/parse-command.ts";
import type { AccessRules } from "../../src/domain/access.ts";
import { STRANGER } from "../support/desk.ts";
import { startFront, type TestFront } from "../support/front.ts";

const KINDS = Object.keys(USAGE) as CommandKind[];
const NOBODY: AccessRules = { investigators: [], requesters: [], admins: [], policies: [] };

type Section = { readonly heading: string; readonly examples: readonly string[]; readonly whoMay: string };

const SECTIONS = readFileSync(resolve(import.meta.dirname, "../../docs/commands.md"), "utf8")
  .split(/^## /m)
  .slice(1)
  .map(sectionOf);

test("docs/commands.md has every command as it is typed, and no other", () => {
  expect(SECTIONS.map(({ heading }) => heading)).toEqual(KINDS.map((kind) => `\`${USAGE[kind]}\``));
});

describe("what docs/commands.md says of each command", () => {
  let front: TestFront;
  beforeAll(async () => {
    front = await startFront({ rules: NOBODY });
  });
  afterAll(() => front.test.stop());

  test.each(KINDS.map((kind, index) => [kind, SECTIONS[index]] as const))("%s", async (kind, section) => {
    expect(section?.examples.length).toBeGreaterThan(0);
    for (const example of section?.examples ?? []) expect(parseCommand(example), example).toMatchObject({ command: { kind } });

    // Where nobody is listed, the refusal names the right that is asked for.
    const answer = await front.oom(section?.examples[0] ?? "", STRANGER);
    expect(answer).not.toBe("");
    const asked = /`(access\.\w+)` in the configuration is empty/.exec(answer)?.[1];
    expect(section?.whoMay).toMatch(asked === undefined ? /^everyone/ : new RegExp(`^\`${asked}\``));
  });
});

function sectionOf(text: string): Section {
  return {
    heading: /^.*/.exec(text)?.[0] ?? "",
    examples: [...text.matchAll(/^\/oom.*$/gm)].map(([line]) => line),
    whoMay: /^Who may: (.*)$/m.exec(text)?.[1] ?? "",
  };
}
