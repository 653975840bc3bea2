import { describe, expect, it, test } from "vitest";
import { formatProblem, loadCommandLineConfig } from "../../src/config.ts";
import { DEFAULT_THRESHOLDS } from "../../src/domain/alert-thresholds.ts";

const ENV = { PATH: "/usr/bin", HOME: "/home/oomph", OOMPH_CONFIG: "oomph.yaml" };

describe("the section about Kubernetes", () => {
  it("names clusters by contexts of kubeconfigs, and the one that Oomph runs in", () => {
    const { kubernetes } = configOf(
      `kubernetes:
  connections:
    prod-eu: { kubeconfig: [/etc/oomph/kubeconfig], context: eu, namespaces: [shop, team-*], deny: [team-secret] }
    here: { inCluster: true, callTimeout: 5s, ignore: [kube-system/*] }`,
      { ...ENV, KUBERNETES_SERVICE_HOST: "10.96.0.1", KUBERNETES_SERVICE_PORT: "6443" },
    );
    expect(kubernetes.clusters).toEqual([
      {
        settings: {
          name: "prod-eu",
          access: {
            kind: "kubeconfig",
            paths: ["/etc/oomph/kubeconfig"],
            context: "eu",
            pluginEnvironment: { PATH: "/usr/bin", HOME: "/home/oomph" },
          },
          namespaces: { allowed: ["shop", "team-*"], denied: ["team-secret"] },
          connectTimeoutMs: 3000,
          callTimeoutMs: 10_000,
        },
        watch: ["*"],
        ignore: [],
      },
      {
        settings: {
          name: "here",
          access: { kind: "in-cluster", host: "10.96.0.1", port: 6443, folder: "/var/run/secrets/kubernetes.io/serviceaccount" },
          namespaces: { allowed: [], denied: [] },
          connectTimeoutMs: 3000,
          callTimeoutMs: 5000,
        },
        watch: ["*"],
        ignore: ["kube-system/*"],
      },
    ]);
  });

  it("has the thresholds of the runbooks, each of which can be set", () => {
    expect(configOf("", ENV).kubernetes.thresholds).toEqual(DEFAULT_THRESHOLDS);
    const { thresholds } = configOf("kubernetes:\n  thresholds:\n    memory_high: { percentOfLimit: 70 }", ENV).kubernetes;
    expect(thresholds).toEqual({ ...DEFAULT_THRESHOLDS, memory_high: { ...DEFAULT_THRESHOLDS.memory_high, share: 0.7 } });
  });

  it("of one cluster needs no file, and none is configured by itself", () => {
    const { kubernetes } = configOf("", { ...ENV, OOMPH_KUBECONFIG: "/root/.kube/config", OOMPH_KUBE_CONTEXT: "staging" });
    expect(kubernetes.clusters).toMatchObject([
      { settings: { name: "local", access: { paths: ["/root/.kube/config"], context: "staging" } } },
    ]);
    expect(configOf("", ENV).kubernetes).toMatchObject({ clusters: [], apps: [] });
    expect(configOf("", { ...ENV, OOMPH_KUBE_CONTEXT: "staging" }).kubernetes.clusters).toMatchObject([
      { settings: { access: { paths: ["/home/oomph/.kube/config"] } } },
    ]);
  });

  it("says where apps tell of themselves, and where Prometheus is", () => {
    const { kubernetes, prometheus } = configOf(
      `kubernetes:
  apps:
    rdev/rdev-api:
      metrics: { port: 8080, gauges: [sse_connections_active, commands_active], secret: rdev-metrics }
      ready: { port: 8080 }
      profile: { port: 6060 }
prometheus: { url: "http://prometheus:9090", user: oomph, password: made-up }`,
    );
    expect(kubernetes.apps).toEqual([
      {
        pattern: "rdev/rdev-api",
        app: {
          metrics: {
            port: 8080,
            path: "/metrics",
            gauges: ["sse_connections_active", "commands_active"],
            basicAuth: { secret: "rdev-metrics", userKey: "username", passwordKey: "password" },
          },
          ready: { port: 8080, path: "/ready" },
          profile: { port: 6060, path: "/debug/pprof/heap" },
        },
      },
    ]);
    expect(prometheus).toEqual({
      url: "http://prometheus:9090",
      timeoutMs: 5000,
      auth: { kind: "basic", user: "oomph", password: "made-up" },
    });
  });

  test.each([
    [
      "kubernetes: { connections: { a: { inCluster: true, context: b } } }",
      "a.context: expected nothing, because inCluster is true, got b",
    ],
    ["kubernetes: { connections: { 'a b': { context: b } } }", "expected a name of letters, digits, dots, dashes and underscores"],
    [
      "kubernetes: { connections: { a: { namespaces: ['Shop!'] } } }",
      "a.namespaces: expected a list of namespaces, such as [shop, team-*]",
    ],
    ["kubernetes: { kubeconfig: /k, connections: { local: { context: b } } }", "expected either that or kubernetes.kubeconfig"],
    ["kubernetes: { apps: { web: { ready: { port: 80 } } } }", "expected <namespace>/<name> of a workload"],
    ["kubernetes: { apps: { a/b: { metrics: { port: 99999 } } } }", "a/b.metrics.port: expected a whole number from 1 to 65535"],
    ["prometheus: { url: 'http://p', user: oomph }", "prometheus.password: expected user and password together"],
    ["prometheus: { token: t }", "(OOMPH_PROMETHEUS_URL): expected the URL of Prometheus"],
  ])("%s", (yaml, problem) => {
    const loaded = loadCommandLineConfig({ env: ENV, readFile: () => yaml });
    expect(loaded.kind === "invalid" ? loaded.problems.map(formatProblem).join("\n") : "ok").toContain(problem);
  });
});

function configOf(yaml: string, env: Readonly<Record<string, string>> = ENV) {
  const loaded = loadCommandLineConfig({ env, readFile: () => yaml });
  if (loaded.kind === "ok") return loaded.config;
  throw new Error(loaded.problems.map(formatProblem).join("\n"));
}
