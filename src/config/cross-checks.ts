import { alertRuleChecks } from "./alert-rule-checks.ts";
import { calmChecks } from "./calm-checks.ts";
import { kubernetesChecks, redisInCluster } from "./kubernetes-checks.ts";
import { isConnectionName, NAME, treeAt } from "./name-checks.ts";
import { outsideChecks } from "./outside-checks.ts";
import type { RawDocument } from "./raw-document.ts";
import type { Problem } from "./problem.ts";
import { webhookChecks } from "./webhook-checks.ts";
import { isAbsent } from "./setting-schema.ts";
import { isTree, type Tree } from "./yaml-file.ts";

/** What only two settings together show to be wrong. Looks at the raw document, so that these are told beside the others. */
export function crossCheck(raw: RawDocument, forService: boolean): readonly Problem[] {
  return [
    ...(forService ? [...slack(raw), ...queue(raw)] : []),
    ...store(raw),
    ...connections(raw),
    ...policies(raw),
    ...outsideChecks(raw),
    ...kubernetesChecks(raw),
    ...alertRuleChecks(raw),
    ...calmChecks(raw),
    ...webhookChecks(raw),
  ];
}

function slack(raw: RawDocument): readonly Problem[] {
  const section = treeAt(raw.content, "slack");
  const [needed, variable, expected] =
    section["mode"] === "http"
      ? ["signingSecret", "SLACK_SIGNING_SECRET", "the app's signing secret, because mode is http"]
      : ["appToken", "SLACK_APP_TOKEN", "an app-level token (xapp-...), because mode is socket"];
  return isAbsent(section[needed]) && !raw.isBroken(["slack", needed])
    ? [{ key: `${raw.keyOf(["slack", needed])} (${variable})`, expected, received: "nothing" }]
    : [];
}

function queue(raw: RawDocument): readonly Problem[] {
  if (!isAbsent(treeAt(raw.content, "queue")["url"]) || raw.isBroken(["queue", "url"])) return [];
  return [
    {
      key: `${raw.keyOf(["queue", "url"])} (REDIS_URL)`,
      expected: "the URL of Oomph's own Redis, such as redis://localhost:6379",
      received: "nothing",
    },
  ];
}

function store(raw: RawDocument): readonly Problem[] {
  const section = treeAt(raw.content, "store");
  if (isAbsent(section["url"]) || isAbsent(section["path"])) return [];
  const [url, path] = [raw.keyOf(["store", "url"]), raw.keyOf(["store", "path"])];
  return [{ key: path, expected: `either ${url} (PostgreSQL) or ${path} (SQLite)`, received: "both" }];
}

function connections(raw: RawDocument): readonly Problem[] {
  const all = treeAt(treeAt(raw.content, "redis"), "connections");
  return Object.entries(all).flatMap(([name, connection]) => {
    const path = ["redis", "connections", name];
    const problems: Problem[] = isConnectionName(name) ? [] : [{ key: raw.keyOf(path), expected: NAME, received: JSON.stringify(name) }];
    if (!isTree(connection)) return [...problems, { key: raw.keyOf(path), expected: WAYS, received: "nothing" }];
    const ways = ["url", "host", "sentinel", "cluster", "kubernetes"].filter(
      (way) => !isAbsent(connection[way]) || raw.isBroken([...path, way]),
    );
    problems.push(...passwordTwice(raw, path, connection));
    if (ways[0] === "kubernetes") problems.push(...redisInCluster(raw, path, treeAt(connection, "kubernetes")));
    return ways.length === 1
      ? problems
      : [...problems, { key: raw.keyOf(path), expected: WAYS, received: ways.length === 0 ? "none" : ways.join(" and ") }];
  });
}

/** Of a user or database in both the URL's is the lesser; of two passwords one is mostly an old one. */
function passwordTwice(raw: RawDocument, path: readonly string[], { url, password }: Tree): readonly Problem[] {
  const inUrl = typeof url === "string" && URL.canParse(url.trim()) ? new URL(url.trim()).password : "";
  if (inUrl === "" || (isAbsent(password) && !raw.isBroken([...path, "password"]))) return [];
  return [{ key: raw.keyOf([...path, "password"]), expected: "a password in the url, or in password (or passwordFile)", received: "both" }];
}

const WAYS = "exactly one of url (or urlFile), host, sentinel, cluster, kubernetes";

/** A policy that asks for more approvers than it names can never be met; a group may be as large as it likes. */
function policies(raw: RawDocument): readonly Problem[] {
  const list = treeAt(raw.content, "access")["policies"];
  if (!Array.isArray(list)) return [];
  const items: readonly unknown[] = list;
  return items.flatMap((policy, index) => {
    if (!isTree(policy)) return [];
    const approvers: readonly unknown[] = Array.isArray(policy["approvers"]) ? policy["approvers"] : [];
    const needed = Number(policy["approvals"] ?? 1);
    const hasGroup = approvers.some((id) => String(id).startsWith("S"));
    if (approvers.length === 0 || hasGroup || approvers.length >= needed) return [];
    const key = raw.keyOf(["access", "policies", index, "approvals"]);
    return [{ key, expected: `at most as many approvals as there are approvers (${approvers.length})`, received: String(needed) }];
  });
}
