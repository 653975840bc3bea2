// Writes docs/configuration.md from the schema: `npm run docs`.
import { writeFileSync } from "node:fs";
import { renderConfigurationReference } from "./render-configuration.ts";

const file = new URL("../../docs/configuration.md", import.meta.url);
writeFileSync(file, renderConfigurationReference());
