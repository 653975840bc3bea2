import { existsSync, readFileSync } from "node:fs";

const SYSTEMS = [
  "redis",
  "postgres",
  "docker",
  "compose",
  "nginx",
  "kubernetes",
  "prometheus",
  "alertmanager",
  "chromium",
  "slack-emulator",
  "github-emulator",
];

/**
 * Which real systems took part, from the lines that tests wrote: `{"system":"redis","version":"7.0.15"}`, or
 * `{"system":"docker","because":"..."}` where one was looked for and not found.
 */
export function realSystems(ledgerFile) {
  const lines = existsSync(ledgerFile) ? readFileSync(ledgerFile, "utf8").split("\n").filter(Boolean) : [];
  const notes = lines.map((line) => JSON.parse(line));
  const names = [...new Set([...SYSTEMS, ...notes.map(({ system }) => system)])];
  return names.map((system) => {
    const own = notes.filter((note) => note.system === system);
    const versions = [...new Set(own.flatMap(({ version }) => version ?? []))];
    if (versions.length > 0) return { system, tookPart: true, says: `${system} ${versions.join(" and ")}` };
    const because = own.find((note) => note.because !== undefined)?.because ?? "no test that ran used it";
    return { system, tookPart: false, says: `${system} not (${because})` };
  });
}

/** A sentence for each system that was required and did not take part. `required` is a list with commas, or undefined. */
export function systemProblems(systems, required) {
  const wanted = (required ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter(Boolean);
  return wanted.flatMap((name) => {
    const system = systems.find((one) => one.system === name);
    if (system === undefined) return [`OOMPH_TEST_REQUIRE names "${name}"; expected some of ${SYSTEMS.join(", ")}`];
    return system.tookPart ? [] : [`${system.says}; OOMPH_TEST_REQUIRE asks for it`];
  });
}
