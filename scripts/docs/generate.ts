// Writes what documents take from the code: `npm run docs`. A test fails when one of them is not current.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { renderProxyConfiguration, withCallTable } from "./docker-rights.ts";
import { renderManifests, withKubernetesCalls } from "./kubernetes-rights.ts";
import { renderAlertRules } from "./render-alert-rules.ts";
import { renderConfigurationReference } from "./render-configuration.ts";

const at = (path: string): URL => new URL(`../../${path}`, import.meta.url);
writeFileSync(at("docs/alert-rules.md"), renderAlertRules());
writeFileSync(at("docs/configuration.md"), renderConfigurationReference());
writeFileSync(at("docs/containers.md"), withCallTable(readFileSync(at("docs/containers.md"), "utf8")));
writeFileSync(at("examples/docker-proxy/nginx.conf"), renderProxyConfiguration());
writeFileSync(at("docs/kubernetes-rights.md"), withKubernetesCalls(readFileSync(at("docs/kubernetes-rights.md"), "utf8")));
mkdirSync(at("deploy/kubernetes"), { recursive: true });
for (const [name, text] of Object.entries(renderManifests())) writeFileSync(at(`deploy/kubernetes/${name}`), text);
