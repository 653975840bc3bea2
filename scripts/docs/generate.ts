// Writes what documents take from the code: `npm run docs`. A test fails when one of them is not current.
import { readFileSync, writeFileSync } from "node:fs";
import { renderProxyConfiguration, withCallTable } from "./docker-rights.ts";
import { renderConfigurationReference } from "./render-configuration.ts";

const at = (path: string): URL => new URL(`../../${path}`, import.meta.url);
writeFileSync(at("docs/configuration.md"), renderConfigurationReference());
writeFileSync(at("docs/containers.md"), withCallTable(readFileSync(at("docs/containers.md"), "utf8")));
writeFileSync(at("examples/docker-proxy/nginx.conf"), renderProxyConfiguration());
