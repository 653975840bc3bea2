/** How to reach one cluster, as the configuration gives it. */
export type KubernetesConnectionSettings = {
  readonly name: string;
  readonly access: KubernetesAccess;
  readonly namespaces: NamespaceRules;
  readonly connectTimeoutMs: number;
  /** Longest wait for one answer; following changes has none. */
  readonly callTimeoutMs: number;
};

export type KubernetesAccess =
  | {
      readonly kind: "kubeconfig";
      /** One or more files, the first that names a thing wins, as in KUBECONFIG. Read at the first call, and again when the cluster says 401. */
      readonly paths: readonly string[];
      /** Absent: the file's current context. */
      readonly context?: string;
      /** What credential plugins (`exec:` of a user) are run with: PATH and HOME at least. Nothing else of Oomph's environment. */
      readonly pluginEnvironment: Readonly<Record<string, string>>;
    }
  /** The service account of Oomph's own pod. */
  | {
      readonly kind: "in-cluster";
      /** KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT. */
      readonly host: string;
      readonly port: number;
      /** With `token` and `ca.crt`: /var/run/secrets/kubernetes.io/serviceaccount */
      readonly folder: string;
    };

/** Names, or patterns with `*` at the end. What is denied is denied, whatever is allowed. */
export type NamespaceRules = {
  /** Empty: all. Names alone (no pattern) are asked one by one, so that a Role in each will do. */
  readonly allowed: readonly string[];
  readonly denied: readonly string[];
};
