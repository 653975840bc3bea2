import { dirname, resolve } from "node:path";
import { parseDocument } from "yaml";
import { OomphError } from "../../domain/errors.ts";
import { given } from "../../domain/given.ts";
import type { ClusterAccess } from "./access.ts";
import { quoted } from "./asked.ts";
import { Kubeconfig, type KubeconfigCluster, type KubeconfigUser } from "./kubeconfig-schema.ts";
import { readText } from "./read-text.ts";
import type { KubernetesAccess } from "./settings.ts";
import { createSignIn } from "./sign-in.ts";

type Where = Extract<KubernetesAccess, { kind: "kubeconfig" }>;

/** A cluster and user with the folder that their paths are meant from. */
type Chosen = {
  readonly context: string;
  readonly user: string;
  readonly cluster: KubeconfigCluster & { readonly folder: string };
  readonly signIn: KubeconfigUser & { readonly folder: string };
};

/** What a kubeconfig says of one context. Throws `bad-input` naming the file, and which contexts there are. */
export async function accessFromKubeconfig(where: Where): Promise<ClusterAccess> {
  const { context, user, cluster, signIn } = choose(await readAll(where.paths), where);
  const server = serverOf(cluster, context);
  const ca = await pemOf(cluster, "certificate-authority", "The CA of the cluster");
  const access = {
    server,
    who: `user ${quoted(user)} of context ${quoted(context)}`,
    tls: { verify: cluster["insecure-skip-tls-verify"] !== true, ...given({ ca, serverName: cluster["tls-server-name"] }) },
  };
  return { ...access, ...createSignIn(signIn, { ...access, environment: where.pluginEnvironment }) };
}

/** PEM text that stands in the kubeconfig as `<key>-data`, or in a file that `<key>` names. */
async function pemOf({ folder, ...cluster }: Chosen["cluster"], key: "certificate-authority", what: string): Promise<string | undefined> {
  const data = cluster[`${key}-data`];
  if (data !== undefined) return Buffer.from(data, "base64").toString("utf8");
  const path = cluster[key];
  return path === undefined ? undefined : readText(resolve(folder, path), what);
}

type Read = { readonly path: string; readonly kubeconfig: Kubeconfig };

async function readAll(paths: readonly string[]): Promise<readonly Read[]> {
  return Promise.all(
    paths.map(async (path) => {
      const document = parseDocument(await readText(path, "A kubeconfig"), { logLevel: "silent" });
      const read = Kubeconfig.safeParse(document.errors.length > 0 ? undefined : document.toJS({ maxAliasCount: 10 }));
      if (read.success) return { path: resolve(path), kubeconfig: read.data };
      throw new OomphError("bad-input", `${path} is expected to be a kubeconfig (YAML with clusters, users and contexts), and is not.`);
    }),
  );
}

/** The first file that names a thing wins, as with kubectl. */
function choose(files: readonly Read[], { paths, context: wanted }: Where): Chosen {
  const from = paths.join(", ");
  const contexts = files.flatMap(({ kubeconfig }) => kubeconfig.contexts);
  const known = contexts.length === 0 ? "It has no context." : `It has ${contexts.map(({ name }) => quoted(name)).join(", ")}.`;
  const name = wanted ?? files.map(({ kubeconfig }) => kubeconfig["current-context"]).find((current) => current !== undefined);
  if (name === undefined) throw new OomphError("bad-input", `The kubeconfig ${from} has no current context: configure one. ${known}`);
  const context = contexts.find((one) => one.name === name)?.context;
  if (context === undefined) throw new OomphError("bad-input", `The kubeconfig ${from} has no context ${quoted(name)}. ${known}`);
  const { user = "" } = context;
  const cluster = firstOf(files, ({ clusters }) => clusters.find((one) => one.name === context.cluster)?.cluster);
  const signIn = user === "" ? undefined : firstOf(files, ({ users }) => users.find((one) => one.name === user)?.user);
  if (cluster === undefined) throw missing(name, `cluster ${quoted(context.cluster)}`, from);
  if (signIn === undefined) throw missing(name, user === "" ? "user" : `user ${quoted(user)}`, from);
  return { context: name, user, cluster, signIn };
}

function firstOf<Found>(
  files: readonly Read[],
  find: (kubeconfig: Kubeconfig) => Found | undefined,
): (Found & { folder: string }) | undefined {
  for (const { path, kubeconfig } of files) {
    const found = find(kubeconfig);
    if (found !== undefined) return { ...found, folder: dirname(path) };
  }
  return undefined;
}

function missing(context: string, what: string, from: string): OomphError {
  return new OomphError(
    "bad-input",
    `Context ${quoted(context)} of the kubeconfig ${from} wants a ${what}, and the file has none that can be read.`,
  );
}

function serverOf(cluster: KubeconfigCluster, context: string): URL {
  const { server = "" } = cluster;
  const withScheme = server.includes("://") ? server : `http://${server}`; // as client-go reads it
  if (server === "" || !URL.canParse(withScheme) || !/^https?:/.test(withScheme)) {
    throw new OomphError(
      "bad-input",
      `The cluster of context ${quoted(context)} is expected to have a server, https://host:port. It has ${quoted(server)}.`,
    );
  }
  if (cluster["proxy-url"] !== undefined)
    throw new OomphError(
      "bad-input",
      `The cluster of context ${quoted(context)} has a proxy-url, which Oomph does not go through. Reach it directly, or by a tunnel.`,
    );
  return new URL(withScheme);
}
