import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { issueCertificate, makeAuthority } from "../../../scripts/lab/certificates.ts";
import { createClusters } from "../../../src/adapters/kubernetes/clusters.ts";
import {
  EVERY_NAMESPACE,
  GENEROUS,
  openCluster,
  sendJson,
  sendStatus,
  silentLog,
  startApiServer,
  writeKubeconfig,
  type KubeconfigUser,
} from "./api-server.ts";

const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

/** A cluster that takes anybody, and what it was asked with. */
async function signInAs(user: KubeconfigUser, context?: string) {
  const server = await startApiServer((_request, response) => sendJson(response, { items: [] }));
  const kubeconfig = await writeKubeconfig({ server: server.url }, user);
  const { cluster, close } = openCluster(kubeconfig.path, context === undefined ? {} : { context });
  ends.push(server.close, kubeconfig.remove, close);
  return { cluster, server, kubeconfig };
}

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "oomph-files-"));
  ends.push(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text, { mode: 0o755 });
  return folder;
}

/** A credential plugin that notes each of its calls and prints this. */
async function pluginThat(script: string) {
  const folder = await folderWith({ plugin: `#!/bin/sh\n${script}\n` });
  await chmod(join(folder, "plugin"), 0o755);
  return join(folder, "plugin");
}

const V1 = "client.authentication.k8s.io/v1";

test("a context that there is not is told with those that there are", async () => {
  const { cluster } = await signInAs({}, "prod");
  await expect(cluster.nodes()).rejects.toMatchObject({
    code: "bad-input",
    message: expect.stringContaining("no context prod. It has one, two."),
  });
});

test("a context whose cluster is missing is told", async () => {
  const { cluster } = await signInAs({}, "two");
  await expect(cluster.nodes()).rejects.toMatchObject({ code: "bad-input", message: expect.stringContaining("cluster elsewhere") });
});

test.each([
  ["", "is expected to be a kubeconfig"],
  ["a: [", "is expected to be a kubeconfig"],
  ["just words", "is expected to be a kubeconfig"],
  ["kind: Config", "has no current context"],
])("%j is no kubeconfig that one can use", async (text, says) => {
  const folder = await folderWith({ config: text });
  const { cluster } = openCluster(join(folder, "config"));
  await expect(cluster.nodes()).rejects.toMatchObject({ code: "bad-input", message: expect.stringContaining(says) });
});

test("a file that is not there is told, and read when it is", async () => {
  const { server } = await signInAs({});
  const written = await writeKubeconfig({ server: server.url });
  ends.push(written.remove);
  const folder = await folderWith({});
  const { cluster } = openCluster(join(folder, "config"));
  await expect(cluster.nodes()).rejects.toMatchObject({ code: "bad-input", message: expect.stringContaining("there is none") });
  await writeFile(join(folder, "config"), await readFile(written.path, "utf8"));
  await expect(cluster.nodes()).resolves.toEqual([]);
});

test("of several files the first that names a thing wins", async () => {
  const { server, kubeconfig } = await signInAs({ token: "second" });
  const folder = await folderWith({ first: JSON.stringify({ users: [{ name: "u", user: { token: "first" } }] }) });
  const access = { kind: "kubeconfig", paths: [join(folder, "first"), kubeconfig.path], pluginEnvironment: {} } as const;
  const clusters = createClusters([{ name: "lab", access, namespaces: EVERY_NAMESPACE, ...GENEROUS }], { log: silentLog });
  await clusters.cluster("lab").nodes();
  expect(server.asked[0]?.headers.authorization).toBe("Bearer first");
});

test("who is impersonated is said, each group by itself", async () => {
  const { cluster, server } = await signInAs({ username: "ada", password: "made-up", as: "bob", "as-groups": ["a", "b"] });
  await cluster.nodes();
  expect(server.asked[0]?.headers.authorization).toBe(`Basic ${Buffer.from("ada:made-up").toString("base64")}`);
  expect(server.asked[0]?.rawHeaders.filter((_, at, all) => all[at - 1] === "Impersonate-Group")).toEqual(["a", "b"]);
});

test("a client certificate is shown, of which the files are meant from the kubeconfig's folder", async () => {
  const authority = makeAuthority();
  const ours = issueCertificate(authority, ["oomph"]);
  const folder = await folderWith({ "us.crt": ours.cert, "us.key": ours.key, "ca.crt": authority.cert });
  const server = await startApiServer((_request, response) => sendJson(response, { items: [] }), {
    ...issueCertificate(authority, ["127.0.0.1"]),
    requestCert: true,
    ca: authority.cert,
  });
  const cluster = { server: server.url, "certificate-authority": "ca.crt" };
  const kubeconfig = {
    "current-context": "one",
    contexts: [{ name: "one", context: { cluster: "c", user: "u" } }],
    clusters: [{ name: "c", cluster }],
    users: [{ name: "u", user: { "client-certificate": "us.crt", "client-key": "us.key" } }],
  };
  await writeFile(join(folder, "config"), JSON.stringify(kubeconfig));
  const { cluster: opened, close } = openCluster(join(folder, "config"));
  ends.push(server.close, close);
  await expect(opened.nodes()).resolves.toEqual([]);
});

test("a credential plugin is asked once until its credential expires, with what it wants to know", async () => {
  const command = await pluginThat(
    `echo x >> "$NOTES"
     echo "$KUBERNETES_EXEC_INFO" > "$NOTES.info"
     echo '{"apiVersion":"${V1}","kind":"ExecCredential","status":{"token":"'"$1"'","expirationTimestamp":"2999-01-01T00:00:00Z"}}'`,
  );
  const folder = await folderWith({});
  const notes = join(folder, "notes");
  const exec = { apiVersion: V1, command, args: ["made-up"], env: [{ name: "NOTES", value: notes }], provideClusterInfo: true };
  const { cluster, server } = await signInAs({ exec });
  await Promise.all([cluster.nodes(), cluster.nodes()]);
  await cluster.nodes();
  expect(await readFile(notes, "utf8")).toBe("x\n");
  expect(JSON.parse(await readFile(`${notes}.info`, "utf8"))).toMatchObject({
    spec: { interactive: false, cluster: { server: server.url } },
  });
  expect(server.asked.map(({ headers }) => headers.authorization)).toEqual(Array.from({ length: 3 }, () => "Bearer made-up"));
});

test("a plugin's credential that has expired, or is not taken, is got anew", async () => {
  const folder = await folderWith({});
  const notes = join(folder, "notes");
  const command = await pluginThat(
    `echo x >> "${notes}"
     echo '{"apiVersion":"${V1}","kind":"ExecCredential","status":{"token":"'$(wc -l < "${notes}" | tr -d ' ')'"}}'`,
  );
  const server = await startApiServer((request, response) =>
    request.headers.authorization === "Bearer 2" ? sendJson(response, { items: [] }) : sendStatus(response, 401),
  );
  const kubeconfig = await writeKubeconfig({ server: server.url }, { exec: { apiVersion: V1, command } });
  const { cluster, close } = openCluster(kubeconfig.path);
  ends.push(server.close, kubeconfig.remove, close);
  await expect(cluster.nodes()).resolves.toEqual([]);
});

test.each([
  ["echo 'no session: password=hunter2' >&2; exit 1", "wrong-credentials", /failed: no session: password=\*\*\*/],
  ["echo hello", "wrong-credentials", /printed no ExecCredential/],
])("a plugin that does %j is told", async (script, code, says) => {
  const { cluster, server } = await signInAs({ exec: { apiVersion: V1, command: await pluginThat(script) } });
  await expect(cluster.nodes()).rejects.toMatchObject({ code, message: expect.stringMatching(says) });
  expect(server.asked).toHaveLength(0);
});

test("a plugin that is not installed is told, with its hint", async () => {
  const { cluster } = await signInAs({ exec: { apiVersion: V1, command: "oomph-no-such-plugin", installHint: "Ask the platform team." } });
  await expect(cluster.nodes()).rejects.toMatchObject({
    code: "bad-input",
    message: expect.stringMatching(/oomph-no-such-plugin.* Install it where Oomph runs\. Ask the platform team\./),
  });
});

test("an auth-provider is told to be a thing of the past", async () => {
  const { cluster } = await signInAs({ "auth-provider": { name: "oidc" } });
  await expect(cluster.nodes()).rejects.toMatchObject({ code: "bad-input", message: expect.stringContaining("auth-provider oidc") });
});

test("a pod's service account is read from its folder, and its server verified with its CA", async () => {
  const authority = makeAuthority();
  const server = await startApiServer(
    (_request, response) => sendJson(response, { items: [] }),
    issueCertificate(authority, ["127.0.0.1"]),
  );
  const folder = await folderWith({ token: "made-up\n", "ca.crt": authority.cert });
  const access = { kind: "in-cluster", host: "127.0.0.1", port: Number(new URL(server.url).port), folder } as const;
  const clusters = createClusters([{ name: "lab", access, namespaces: EVERY_NAMESPACE, ...GENEROUS }], { log: silentLog });
  ends.push(server.close, clusters.close);
  await expect(clusters.cluster("lab").nodes()).resolves.toEqual([]);
  expect(server.asked[0]?.headers.authorization).toBe("Bearer made-up");
});
