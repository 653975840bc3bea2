// Who may import whom: the table of ARCHITECTURE.md as rules. Type-only imports count as imports. Each comment says what
// to do instead.

/** Stage → the other stages that it may import. A stage may always import itself. */
const MAY_IMPORT = {
  domain: [],
  ports: ["domain"],
  messages: ["domain"],
  runbooks: ["domain", "ports"],
  actions: ["domain", "ports"],
  adapters: ["domain", "ports"],
  incidents: ["domain", "ports"],
  alerts: ["domain", "ports", "incidents"],
  watch: ["domain", "ports", "incidents"],
  commands: ["domain", "ports", "incidents", "messages"],
  jobs: ["domain", "ports", "incidents", "runbooks", "actions", "messages"],
};

/** npm package → where alone it may be imported. */
const HOME_OF = {
  "@slack/": "^src/adapters/slack/",
  ioredis: "^src/adapters/(redis|bullmq|pacer)/",
  bullmq: "^src/adapters/bullmq/",
  "kysely|libsql|pg": "^src/adapters/sql/",
  pino: "^src/adapters/log/",
  "dockerode|ssh2": "^src/adapters/docker/",
  "@octokit/": "^src/adapters/github/",
  nodemailer: "^src/adapters/mail/",
  "pprof-format": "^src/adapters/heap/",
  "prom-client": "^src/adapters/metrics/",
  cockatiel: "^src/adapters/",
  commander: "^src/cli/",
  yaml: "^src/(config|adapters/(compose|kubernetes))/",
  diff: "^src/adapters/compose/",
  ws: "^src/adapters/(kubernetes|heap)/",
  zod: "schema\\.ts$",
};

const stageRules = Object.entries(MAY_IMPORT).map(([stage, others]) => ({
  name: `${stage}-imports`,
  severity: "error",
  comment: `${stage}/ may import ${others.length === 0 ? "nothing outside itself" : others.map((other) => `${other}/`).join(", ")}: move what is shared into domain/, or put an interface into ports/ and let app.ts pass the thing in`,
  from: { path: `^src/${stage}/` },
  to: { path: "^src/", pathNot: `^src/(${[stage, ...others].join("|")})/` },
}));

const packageRules = Object.entries(HOME_OF).map(([name, home]) => ({
  name: `home-of-${name.replaceAll(/[^a-z]+/g, "-")}`,
  severity: "error",
  comment: `${name} is imported in ${home} only: use it behind a port, and map its types and errors there`,
  from: { path: "^src/", pathNot: home },
  to: { path: `^node_modules/(${name})${name.endsWith("/") ? "" : "/"}` },
}));

export default {
  forbidden: [
    ...stageRules,
    ...packageRules,
    {
      name: "pure-stages",
      severity: "error",
      comment:
        "domain/, ports/ and messages/ use neither Node's modules nor npm packages: take the value as a parameter, or do it in an adapter",
      from: { path: "^src/(domain|ports|messages)/" },
      to: { dependencyTypes: ["core", "npm", "npm-dev", "npm-optional", "npm-peer"] },
    },
    {
      name: "pure-diagnosis",
      severity: "error",
      comment:
        "diagnose-*.ts does no I/O, so that a saved evidence replays to the same finding: read in collect-*.ts and hand it over as data",
      from: { path: "^src/.*/diagnose-[^/]+\\.ts$" },
      to: { path: "^(node:|node_modules/|src/ports/|src/.*/collect-)|^(fs|net|http|child_process|os)$" },
    },
    {
      name: "adapters-stand-alone",
      severity: "error",
      comment:
        "an adapter does not know another adapter: let app.ts pass in what it needs, as a port; what several need to speak HTTP is in adapters/connection/",
      from: { path: "^src/adapters/([^/]+)/" },
      to: { path: "^src/adapters/", pathNot: "^src/adapters/($1|connection)/" },
    },
    {
      name: "config-imports",
      severity: "error",
      comment: "config knows the types of what it configures and nothing that does anything: domain/ and the adapters' settings",
      from: { path: "^src/config(\\.ts$|/)" },
      to: { path: "^src/", pathNot: "^src/(config(\\.ts$|/)|domain/|adapters/[^/]+/(settings|connection-url)\\.ts$)" },
    },
    {
      name: "config-stays-outside",
      severity: "error",
      comment: "only app.ts with its wiring/, main.ts and cli/ read the configuration: pass the one setting that is needed as a parameter",
      from: { path: "^src/(?!(config|cli|wiring)/|(app|main|config)\\.ts$)" },
      to: { path: "^src/config(\\.ts$|/)" },
    },
    {
      name: "no-circles",
      severity: "error",
      comment: "two modules that import each other cannot be understood apart: move the shared part into a third",
      from: { path: "^src/" },
      to: { circular: true },
    },
    {
      name: "no-tests-in-src",
      severity: "error",
      comment: "src/ ships; test/ and scripts/ do not: move what src/ needs into src/",
      from: { path: "^src/" },
      to: { path: "^(test|scripts)/" },
    },
    {
      name: "no-development-packages",
      severity: "error",
      comment: "src/ ships without devDependencies: list the package under dependencies",
      from: { path: "^src/" },
      to: { dependencyTypes: ["npm-dev"] },
    },
    {
      name: "resolvable",
      severity: "error",
      comment: "the import leads nowhere: mend the path (with its .ts suffix), or add the package",
      from: { path: "^src/" },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    parser: "swc",
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default", "types"] },
  },
};
