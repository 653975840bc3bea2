import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, expect, test } from "vitest";
import { configCheck } from "../../src/cli/config-check.ts";
import { EXIT } from "../../src/cli/exit-codes.ts";
import type { Io } from "../../src/cli/io.ts";

const folder = mkdtempSync(join(tmpdir(), "oomph-config-check-"));
const kubeconfig = join(folder, "kubeconfig");
writeFileSync(
  kubeconfig,
  JSON.stringify({
    clusters: [{ name: "c", cluster: { server: "https://cluster.test:6443" } }],
    users: [{ name: "u", user: { token: "made-up" } }],
    contexts: [{ name: "prod", context: { cluster: "c", user: "u" } }],
    "current-context": "prod",
  }),
);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a cluster is a target, and is named with where it is", async () => {
  const { code, out } = await check(`prod-eu: { kubeconfig: [${kubeconfig}] }`);
  expect(code).toBe(EXIT.ok);
  expect(out).toContain("Targets: pods and nodes of prod-eu (https://cluster.test:6443)\n");
  expect(out).not.toContain("made-up");
});

test("a kubeconfig that is not there and a context that is not in it are told, both at once", async () => {
  const { code, out, err } = await check(`a: { kubeconfig: [${folder}/none] }, b: { kubeconfig: [${kubeconfig}], context: staging }`);
  expect([code, out]).toEqual([EXIT.badInput, ""]);
  expect(err).toContain(`kubernetes connection a: A kubeconfig is expected at ${folder}/none: there is none.\n`);
  expect(err).toMatch(/kubernetes connection b: .* has no context "?staging"?\. It has "?prod"?\.\n/);
});

test("what is set for alerts is summed up; what is probably a mistake is warned of", async () => {
  const alerts = `{
    rules: [{ id: everything, when: [{ name: ["*"] }], verdict: { memory: no } }],
    maintenance: [{ name: past, from: 2020-01-01T00:00:00Z, to: 2020-01-02T00:00:00Z }, { targets: [docker/kong], weekly: "daily 02:00-03:00 UTC" }],
    quietHours: { from: "22:00", to: "07:00" }, unattended: { mention: S0ONCALL, severities: [warn] } }`;
  const { code, out, err } = await check("", alerts);
  expect(code).toBe(EXIT.ok);
  expect(out).toContain("Alert rules of your own: everything\n  2 maintenance windows: past (all); maintenance (docker/kong)\n");
  expect(out).toContain("Quiet hours: 22:00-07:00 UTC\n  Called when nobody reacts: S0ONCALL after 10 min, for warning\n");
  expect(err.match(/Warning: .*/g)).toEqual([
    'Warning: maintenance "past" is over since 2020-01-02T00:00:00.000Z: it can be removed',
    'Warning: maintenance "past" names neither targets nor labels: it silences everything',
    "Warning: the alert rule everything silences every alert that has a name",
    'Warning: maintenance "maintenance" names docker/kong, which nothing can fit: no Docker host is configured (docker.connections)',
  ]);
});

test("what can never fit is refused, and the part that is wrong is named", async () => {
  const alerts = `{ maintenance: [
      { targets: [kong], labels: { severity: crit, class: oom_kiled }, weekly: "daily 02:00-03:00 UTC" },
      { labels: { severity: warnin }, weekly: "mon, tue 02:00-03:00 UTC" },
      { weekly: "mon,tue 02:00-25:00 UTC" } ],
    unattended: { mention: S0ONCALL, secondChannel: C0EVERYONE, afterMinutes: 45 } }`;
  const { code, err } = await check("", alerts);
  expect(code).toBe(EXIT.badInput);
  const said = [
    /targets.*expected a kind \(redis, docker,.*got "kong"/,
    /class.*did you mean oom_killed\?/,
    /severity.*did you mean warning\?/,
    /days as daily.*not "mon,"/,
    /hours such as 22:00-04:00, or 00:00-24:00 for a whole day, after the days, not "02:00-25:00"/,
    /no less than afterMinutes \(45\), got 30/,
  ];
  for (const says of said) expect(err).toMatch(says);
  expect(err).not.toMatch(/got "crit"/);
  expect(err.match(/\.weekly: expected/g)).toHaveLength(2); // each once
});

test("a policy that names no action is told, with what is probably meant; of a host its port is apart", async () => {
  const policy = `access: { policies: [{ name: p, actions: [redis.flush, "docker.*"], approvers: [U01] }] }`;
  const { err } = await check("", "{}", policy);
  expect(err).toMatch(/Warning: the policy "p" names redis\.flush, which no action fits: did you mean redis\.flush-db\?\n$/);
  const { code, err: said } = await check("", "{}", 'redis: { connections: { a: { host: "::1" }, b: { host: "10.0.0.1:6379" } } }');
  expect([code, said.match(/expected.*/g)]).toEqual([
    EXIT.badInput,
    ['expected a host name or address, its port under `port`, got "10.0.0.1:6379"'],
  ]);
});

test("that there is no file is said before what is missing because of it", async () => {
  let err = "";
  const missing = (): never => {
    throw Object.assign(new Error("no such file"), { code: "ENOENT" });
  };
  const io: Io = { ...quiet, err: (words) => void (err += words), sources: async () => ({ env: {}, readFile: missing }) };
  expect(await configCheck({}, io)).toBe(EXIT.badInput);
  expect(err).toMatch(/^The configuration has 4 problems:\n {2}\(there is no oomph\.yaml in this folder: .*\)\n {2}slack\./);
  expect(await configCheck({}, { ...io, sources: async () => ({ env: { OOMPH_CONFIG: "a.yaml" }, readFile: missing }) })).toBe(
    EXIT.badInput,
  );
  expect(err).toMatch(/has 1 problem:\n {2}OOMPH_CONFIG: .*"a\.yaml" \(ENOENT\)\n$/);
});

const quiet: Io = {
  out: () => undefined,
  err: () => undefined,
  isTerminal: false,
  columns: 80,
  read: () => Readable.from([]),
  sources: async () => ({ env: {}, readFile: () => "" }),
};

async function check(connections: string, alerts = "{}", more = "") {
  let [out, err] = ["", ""];
  const files: Readonly<Record<string, string>> = {
    "oomph.yaml": `kubernetes: { connections: { ${connections} } }\nalerts: ${alerts}\n${more}`,
  };
  const io: Io = {
    ...quiet,
    out: (words) => void (out += words),
    err: (words) => void (err += words),
    sources: async () => ({ env: {}, readFile: (path: string) => files[path] ?? "" }),
  };
  return { code: await configCheck({ commandLine: true }, io), out, err };
}
