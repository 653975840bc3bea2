import { z } from "zod";
import { list } from "./schema.ts";

const text = z.string().min(1).optional().catch(undefined);
const flag = z.boolean().optional().catch(undefined);
const texts = z.array(z.string()).optional().catch(undefined);

const Plugin = z.object({
  apiVersion: text,
  command: z.string().min(1),
  args: texts,
  env: list(z.object({ name: z.string(), value: z.coerce.string() })),
  installHint: text,
  provideClusterInfo: flag,
});
export type Plugin = z.infer<typeof Plugin>;

const Cluster = z.object({
  server: text,
  "certificate-authority": text,
  "certificate-authority-data": text,
  "insecure-skip-tls-verify": flag,
  "tls-server-name": text,
  "proxy-url": text,
});
export type KubeconfigCluster = z.infer<typeof Cluster>;

const User = z.object({
  token: text,
  tokenFile: text,
  username: text,
  password: text,
  "client-certificate": text,
  "client-certificate-data": text,
  "client-key": text,
  "client-key-data": text,
  as: text,
  "as-groups": texts,
  /** Null where there is none, in files that tools write. */
  exec: Plugin.nullish(),
  "auth-provider": z.object({ name: z.string() }).optional().catch(undefined),
});
export type KubeconfigUser = z.infer<typeof User>;

/** Only what Oomph reads of a kubeconfig. Source: client-go's `clientcmd/api/v1`. */
export const Kubeconfig = z.object({
  "current-context": text,
  contexts: list(z.object({ name: z.string(), context: z.object({ cluster: z.string(), user: text }) })),
  clusters: list(z.object({ name: z.string(), cluster: Cluster })),
  users: list(z.object({ name: z.string(), user: User })),
});
export type Kubeconfig = z.infer<typeof Kubeconfig>;

/** What a credential plugin prints: `client.authentication.k8s.io`, v1 and v1beta1. */
export const ExecCredential = z.object({
  kind: z.literal("ExecCredential"),
  status: z.object({ token: text, clientCertificateData: text, clientKeyData: text, expirationTimestamp: text }),
});
