// Checks the import table (.dependency-cruiser.mjs), and that every file of src/ was looked at: a parser that is missing
// or too old makes dependency-cruiser see nothing, and nothing has no violations.
import { readdirSync } from "node:fs";
import { cruise } from "dependency-cruiser";
import config from "../../.dependency-cruiser.mjs";

const { output } = await cruise(["src"], { ...config.options, ruleSet: config, validate: true });
const { modules, summary } = output;
const seen = new Set(modules.map(({ source }) => source));
const files = readdirSync("src", { recursive: true })
  .map((file) => `src/${file}`)
  .filter((file) => file.endsWith(".ts"));
const unseen = files.filter((file) => !seen.has(file));

for (const { from, to, rule } of summary.violations) {
  const { comment } = config.forbidden.find(({ name }) => name === rule.name);
  console.log(`${from} → ${to} (${rule.name}): ${comment}`);
}
if (unseen.length > 0)
  console.log(`dependency-cruiser saw ${files.length - unseen.length} of ${files.length} files; not: ${unseen.join(", ")}`);
console.log(`${files.length - unseen.length} files, ${summary.totalDependenciesCruised} imports, ${summary.violations.length} violations`);
process.exitCode = summary.violations.length > 0 || unseen.length > 0 || files.length === 0 ? 1 : 0;
