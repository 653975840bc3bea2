import { expect, test } from "vitest";
import { accessWarnings } from "../../src/cli/config-access.ts";
import { loadCommandLineConfig } from "../../src/config.ts";

const ACTIONS = [
  { id: "redis.flush-db", targetKind: "redis" },
  { id: "docker.restart", targetKind: "docker" },
] as const;

const NEVER = (policy: string, who: string, needs: string) =>
  `under the policy "${policy}" no request can ever be approved: only ${who} may ask, nobody approves their own request, and it needs ${needs} besides`;

test.each([
  ["requesters: [U01], approvers: [U01]", [NEVER("two-person rule", "U01", "an approver")]],
  ["requesters: [U01], approvers: [U01, U02]", []],
  ["requesters: [U01, U02], approvers: [U01]", []],
  ["requesters: [U01], approvers: [S01]", []],
  ["approvers: [U01]", []],
  ["policies: [{ name: p, requesters: [U01], approvers: [U01], breakGlass: true }]", []],
  ["policies: [{ name: p, requesters: [U01], approvers: [U01, U02], approvals: 2 }]", [NEVER("p", "U01", "2 approvers")]],
  ["requesters: [U01], policies: [{ name: p, approvers: [U01] }]", [NEVER("p", "U01", "an approver")]],
  [
    "requesters: [U01], policies: [{ name: p, requesters: [U02], approvers: [U01] }]",
    ['under the policy "p" nobody may ask: no id is in access.requesters and in its requesters'],
  ],
  [
    'policies: [{ name: p, actions: ["redis.flush", "docker.*"], approvers: [U01] }]',
    ['the policy "p" names redis.flush, which no action fits: did you mean redis.flush-db?'],
  ],
  [
    'policies: [{ name: p, actions: ["mysql.*"], approvers: [U01] }]',
    ['the policy "p" names mysql.*, which no action fits: there is docker.*, redis.*'],
  ],
])("of access { %s } is warned where nothing can come of it", (access, warnings) => {
  const loaded = loadCommandLineConfig({ env: {}, readFile: () => `access: { ${access} }` });
  expect(loaded.kind === "ok" ? accessWarnings(loaded.config, ACTIONS) : loaded).toEqual(warnings);
});
