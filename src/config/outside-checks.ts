import { DEFAULT_CONNECTION } from "../domain/target.ts";
import { isConnectionName, NAME, treeAt } from "./name-checks.ts";
import { hostKey } from "./outside-kinds.ts";
import type { Problem } from "./problem.ts";
import type { RawDocument } from "./raw-document.ts";
import { isAbsent } from "./setting-schema.ts";
import { isTree, type Tree } from "./yaml-file.ts";

/** What only two settings together show to be wrong, in the sections about Docker, the watch, GitHub and mail. */
export function outsideChecks(raw: RawDocument): readonly Problem[] {
  return [...hosts(raw), ...thresholds(raw), ...github(raw), ...mail(raw)];
}

function hosts(raw: RawDocument): readonly Problem[] {
  const docker = treeAt(raw.content, "docker");
  const all = treeAt(docker, "connections");
  const twice = !isAbsent(docker["host"]) && all[DEFAULT_CONNECTION] !== undefined;
  const clash: readonly Problem[] = twice
    ? [
        {
          key: raw.keyOf(["docker", "host"]),
          expected: `either that or docker.connections.${DEFAULT_CONNECTION}: both are the connection "${DEFAULT_CONNECTION}"`,
          received: "both",
        },
      ]
    : [];
  return [...clash, ...Object.entries(all).flatMap(([name, connection]) => hostProblems(raw, name, connection))];
}

function hostProblems(raw: RawDocument, name: string, connection: unknown): readonly Problem[] {
  const path = ["docker", "connections", name];
  const named = isConnectionName(name) ? [] : [{ key: raw.keyOf(path), expected: NAME, received: JSON.stringify(name) }];
  if (!isTree(connection)) return [...named, { key: raw.keyOf(path), expected: "a section with a url", received: "nothing" }];
  const { url: given } = connection;
  const url = typeof given === "string" ? given : "";
  const strayTls = connection["tls"] !== undefined && !/^(tcp|https?):/.test(url);
  return [
    ...named,
    ...(url.startsWith("ssh://") ? sshProblems(raw, path, connection) : []),
    ...(strayTls
      ? [{ key: raw.keyOf([...path, "tls"]), expected: "a tcp:// or https:// url beside it", received: JSON.stringify(url) }]
      : []),
    ...composeProblems(raw, path, treeAt(connection, "compose")),
  ];
}

/** Without a host's key nobody could tell whom Oomph logs in to; without a way to log in nothing can be read. */
function sshProblems(raw: RawDocument, path: readonly string[], connection: Tree): readonly Problem[] {
  const ssh = treeAt(connection, "ssh");
  const isMissing = (key: string): boolean => isAbsent(ssh[key]) && !raw.isBroken([...path, "ssh", key]);
  const problem = (key: string, expected: string): Problem => ({
    key: raw.keyOf([...path, "ssh", key]),
    expected: `${expected}, because the url is ssh://`,
    received: "nothing",
  });
  return [
    ...(isMissing("privateKey") && isMissing("agentSocket")
      ? [problem("privateKey", "privateKey (or privateKeyFile), or agentSocket")]
      : []),
    ...(isMissing("hostKey") ? [problem("hostKey", hostKey.expected)] : []),
  ];
}

function composeProblems(raw: RawDocument, path: readonly string[], compose: Tree): readonly Problem[] {
  if (isAbsent(compose["repository"])) return [];
  const token = isAbsent(treeAt(raw.content, "github")["token"])
    ? [
        {
          key: `${raw.keyOf(["github", "token"])} (GITHUB_TOKEN)`,
          expected: "a token, because compose.repository is set",
          received: "nothing",
        },
      ]
    : [];
  const checkout = isAbsent(compose["checkout"])
    ? [{ key: raw.keyOf([...path, "compose", "checkout"]), expected: "the folder that is the repository's root", received: "nothing" }]
    : [];
  return [...token, ...checkout];
}

function thresholds(raw: RawDocument): readonly Problem[] {
  const { warning, critical } = treeAt(raw.content, "watch");
  const [low, high] = [Number(warning ?? 70), Number(critical ?? 85)];
  if (!(low >= high)) return [];
  return [{ key: raw.keyOf(["watch", "warning"]), expected: `less than watch.critical (${high})`, received: String(low) }];
}

function github(raw: RawDocument): readonly Problem[] {
  const section = treeAt(raw.content, "github");
  if (isAbsent(section["repository"]) || !isAbsent(section["token"]) || raw.isBroken(["github", "token"])) return [];
  return [
    { key: `${raw.keyOf(["github", "token"])} (GITHUB_TOKEN)`, expected: "a token, because github.repository is set", received: "nothing" },
  ];
}

function mail(raw: RawDocument): readonly Problem[] {
  const section = treeAt(raw.content, "mail");
  const needed = ["host", "from", "to"].filter((key) => isAbsent(section[key]) && !raw.isBroken(["mail", key]));
  const missing =
    needed.length === 3
      ? []
      : needed.map((key) => ({ key: raw.keyOf(["mail", key]), expected: "a value, because mail is set up", received: "nothing" }));
  const half = isAbsent(section["user"]) === isAbsent(section["password"]) || raw.isBroken(["mail", "password"]);
  const open = section["tls"] === "none" && !isAbsent(section["password"]);
  return [
    ...missing,
    ...(half ? [] : [{ key: raw.keyOf(["mail", "user"]), expected: "user and password, or neither", received: "one of them" }]),
    ...(open
      ? [{ key: raw.keyOf(["mail", "tls"]), expected: "starttls or implicit: a password is never sent in the clear", received: '"none"' }]
      : []),
  ];
}
