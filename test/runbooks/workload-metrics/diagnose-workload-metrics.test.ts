import { describe, expect, test } from "vitest";
import { compare } from "../../../src/runbooks/workload-metrics/collect-credentials.ts";
import { diagnoseUnreachable, diagnoseWorkloadMetrics } from "../../../src/runbooks/workload-metrics/diagnose-workload-metrics.ts";
import { container, evidence, NOW_MS, pod, podsPart } from "../workload-memory/scenes.ts";

type Parts = Readonly<Record<string, object>>;

const READY = podsPart([pod([container({ restarts: 0 })])]);

function diagnose(parts: Parts) {
  return diagnoseWorkloadMetrics(evidence({ pods: READY, ...parts }), []);
}

/** Statuses of the endpoint: with the credentials, without any, with wrong ones. 0: nothing answers. */
function endpointPart(answers: readonly (number | undefined)[], more: object = {}): object {
  const [within, without = 401, wrong] = answers.map((status) =>
    status === 0
      ? { kind: "none", code: "unreachable", because: "Port 8000 refused the connection." }
      : status && { kind: "status", status },
  );
  const served = [answers[0], answers[1]].includes(200) ? { samples: 120 } : {};
  return { pods: [{ pod: "web-1", path: ":8000/metrics", with: within, without, wrong, notExported: [], ...served, ...more }] };
}

function credentialsPart(variables: Readonly<Record<string, string>> | undefined, secret: object = {}): object {
  const inside =
    variables === undefined
      ? { kind: "not-read", because: "the container has no shell" }
      : { kind: "read", pod: "web-1", container: "app", variables: Object.entries(variables).map(([name, state]) => ({ name, state })) };
  return { secret: { name: "rsr-secret", state: "there", ...secret }, inside };
}

function prometheusPart(...targets: readonly object[]): object {
  const one = { job: "rsr-backend-metrics", instance: "10.0.0.7:8000", up: true, lastError: "", lastScrapeAtMs: NOW_MS - 5_000 };
  return { targets: targets.map((target) => ({ ...one, ...target })), series: [], missing: [] };
}

const OWN = credentialsPart({ METRICS_AUTH_USERNAME: "user", METRICS_AUTH_PASSWORD: "same" });
const SERVED = endpointPart([200, 401, 401]);
const REFUSED_401 = { up: false, lastError: "server returned HTTP status 401 Unauthorized", lastStatus: 401 };

describe("why metrics of a workload are missing", () => {
  test.each<readonly [verdict: string, parts: Parts, because: string]>([
    [
      "secret-missing",
      { credentials: credentialsPart({}, { state: "missing", because: 'Secret "rsr-secret" has no key "password".' }) },
      "no key",
    ],
    ["secret-missing", { credentials: credentialsPart({}, { state: "empty" }), endpoint: endpointPart([undefined, 500]) }, "is empty"],
    [
      "secret-changed",
      {
        credentials: credentialsPart({ METRICS_AUTH_USERNAME: "user", METRICS_AUTH_PASSWORD: "other" }),
        endpoint: endpointPart([401, 401, 401]),
      },
      "METRICS_AUTH_PASSWORD of web-1 is not what the Secret has",
    ],
    [
      "credentials-missing",
      { credentials: credentialsPart({}), endpoint: endpointPart([500, 500, 500]) },
      "500 with the credentials, 500 without",
    ],
    [
      "credentials-missing",
      { credentials: credentialsPart({ METRICS_AUTH_PASSWORD: "empty" }), endpoint: endpointPart([500, 500, 500]) },
      "METRICS_AUTH_PASSWORD of web-1 is empty",
    ],
    ["endpoint-unconfigured", { credentials: credentialsPart(undefined), endpoint: endpointPart([500, 500, 500]) }, "answers 500"],
    ["endpoint-fails", { credentials: OWN, endpoint: endpointPart([500, 401, 401]) }, "has credentials in its environment"],
    [
      "wrong-credentials",
      { credentials: credentialsPart({}), endpoint: endpointPart([401, 401, 401]) },
      "401 with the credentials, 401 without",
    ],
    ["not-listening", { credentials: OWN, endpoint: endpointPart([0, 0, 0]) }, "refused the connection"],
    ["wrong-path", { credentials: OWN, endpoint: endpointPart([404, 404, 404]) }, "answers 404"],
    ["not-metrics", { credentials: OWN, endpoint: endpointPart([200, 401, 401], { samples: 0 }) }, "without a sample"],
    ["scrape-refused", { credentials: OWN, endpoint: SERVED, prometheus: prometheusPart(REFUSED_401) }, "HTTP status 401"],
    [
      "target-down",
      { credentials: OWN, endpoint: SERVED, prometheus: prometheusPart({ up: false, lastError: "context deadline exceeded" }) },
      "context deadline exceeded",
    ],
    ["not-scraped", { credentials: OWN, endpoint: SERVED, prometheus: prometheusPart() }, "none of its targets"],
    [
      "middleware-not-loaded",
      { credentials: OWN, endpoint: endpointPart([200, 401, 401], { notExported: ["django_memory_*"] }) },
      "none of django_memory_*",
    ],
    [
      "not-protected",
      { credentials: OWN, endpoint: endpointPart([200, 200, 200]), prometheus: prometheusPart({}) },
      "200 without credentials",
    ],
    ["healthy", { credentials: OWN, endpoint: SERVED, prometheus: prometheusPart({}) }, "serves 120 samples, and 401 without credentials"],
  ])("%s: %#", (verdict, parts, because) => {
    const { finding } = diagnose(parts);
    expect(finding.verdict).toBe(verdict);
    expect(finding.for.map(({ says }) => says).join("\n")).toContain(because);
    expect(finding.for.every(({ evidenceId }) => evidenceId.startsWith("ev_"))).toBe(true);
  });

  test("a pod that is not up serves nothing, and why it is not up is another matter", () => {
    const waits = container({ ready: false, state: { kind: "waiting", reason: "CrashLoopBackOff" } });
    const { finding, furtherSteps } = diagnose({ pods: podsPart([pod([waits])]), endpoint: { pods: [] } });
    expect(finding).toMatchObject({ verdict: "pod-not-ready", for: [{ says: "web-1 is Running: app waits (CrashLoopBackOff)" }] });
    expect(furtherSteps[0]).toContain("/oom investigate");
    expect(diagnose({ pods: podsPart([]) }).finding.headline).toContain("It has no pods");
  });

  test("a restart is advised where pods have to read the Secret anew, and nowhere else", () => {
    const changed = { credentials: credentialsPart({ METRICS_AUTH_PASSWORD: "other" }), endpoint: endpointPart([401, 401, 401]) };
    expect(diagnose(changed).finding.advice).toMatchObject([{ actionId: "k8s.rollout-restart" }]);
    const missing = { credentials: credentialsPart({}, { state: "missing" }), endpoint: endpointPart([undefined, 500]) };
    expect(diagnose(missing).finding.advice).toEqual([]);
    expect(diagnose(missing).furtherSteps[0]).toContain("A restart before that changes nothing");
    expect(diagnose({ credentials: OWN, endpoint: SERVED, prometheus: prometheusPart(REFUSED_401) }).finding.advice).toEqual([]);
  });

  test("metrics that anybody may read are told beside a graver verdict", () => {
    const { finding, hypotheses } = diagnose({ credentials: OWN, endpoint: endpointPart([200, 200, 200]), prometheus: prometheusPart() });
    expect([finding, ...hypotheses].map(({ verdict }) => verdict)).toEqual(["not-scraped", "not-protected"]);
  });

  test("an endpoint that asks for credentials and takes any is not protected either", () => {
    const { finding } = diagnose({ credentials: OWN, endpoint: endpointPart([200, 401, 200]), prometheus: prometheusPart({}) });
    expect(finding).toMatchObject({ verdict: "not-protected", headline: expect.stringContaining("does not check them") });
  });

  test("a Secret that only Oomph does not find is no verdict while the pods are scraped", () => {
    const parts = {
      credentials: credentialsPart({}, { state: "missing" }),
      endpoint: endpointPart([undefined, 401]),
      prometheus: prometheusPart({}),
    };
    const { finding, hypotheses } = diagnose(parts);
    expect(finding.verdict).toBe("undetermined");
    expect(finding.headline).toContain("Oomph does not have");
    expect(hypotheses[0]?.verdict).toBe("secret-missing");
  });

  test("without any configuration it says what would have to be configured", () => {
    const { finding, furtherSteps } = diagnose({ credentials: { kind: "not-configured" }, endpoint: { kind: "not-configured" } });
    expect(finding).toMatchObject({ verdict: "undetermined", headline: expect.stringContaining("is not known") });
    expect(furtherSteps.join(" ")).toContain("kubernetes.apps.<namespace>/<name>.metrics");
    expect(furtherSteps.join(" ")).toContain("prometheus.url");
  });

  test("a right that is lacking is a gap, and never taken for silence of the program", () => {
    const none = { kind: "none", code: "no-rights", because: "may not create pods/portforward" };
    const { finding } = diagnose({ credentials: OWN, endpoint: endpointPart([], { with: none, without: none, wrong: none }) });
    expect(finding.verdict).toBe("undetermined");
  });

  test("what cannot be reached or is gone is said as of any workload", () => {
    expect(diagnoseUnreachable("not-found", "no such deployment").finding.verdict).toBe("not-found");
  });

  test("the summary shows statuses, Secret, environment and targets, and no value", () => {
    const { summary } = diagnose({ credentials: OWN, endpoint: SERVED, prometheus: prometheusPart(REFUSED_401) });
    expect(Object.fromEntries(summary.map(({ label, value }) => [label, value]))).toEqual({
      Pods: "1 pod, 1 ready",
      "Its endpoint": "web-1 :8000/metrics: 200 with the credentials, 401 without, 401 with wrong ones, 120 samples",
      Secret: "rsr-secret: user and password are set (***)",
      "Its environment": "web-1, app: METRICS_AUTH_USERNAME as in the Secret, METRICS_AUTH_PASSWORD as in the Secret (***)",
      Prometheus: "rsr-backend-metrics 10.0.0.7:8000 is down (server returned HTTP status 401 Unauthorized)",
    });
  });
});

describe("variables of a pod beside its Secret", () => {
  const basicAuth = { user: "scraper", password: "made-up-for-this-test" };
  const environment = (variables: Readonly<Record<string, string>>) =>
    Object.entries(variables)
      .map(([name, value]) => `${name}=${value}`)
      .join("\0");

  test("are known by what is in them, or by their names", () => {
    const own = {
      METRICS_AUTH_USERNAME: "scraper",
      METRICS_AUTH_PASSWORD: basicAuth.password,
      WEB_LOGIN: `scraper:${basicAuth.password}`,
      PATH: "/bin",
    };
    expect(compare(environment(own), { basicAuth })).toEqual([
      { name: "METRICS_AUTH_PASSWORD", state: "same" },
      { name: "METRICS_AUTH_USERNAME", state: "user" },
      { name: "WEB_LOGIN", state: "same" },
    ]);
    const stale = { METRICS_AUTH_PASSWORD: "the one before", PROMETHEUS_PASSWORD: "", DATABASE_PASSWORD: "x" };
    expect(compare(environment(stale), { basicAuth })).toEqual([
      { name: "METRICS_AUTH_PASSWORD", state: "other" },
      { name: "PROMETHEUS_PASSWORD", state: "empty" },
    ]);
  });

  test("without the Secret are only set or empty; what the cluster or the program itself set is none", () => {
    const variables = {
      METRICS_AUTH_PASSWORD: "x",
      PROMETHEUS_SERVICE_HOST: "10.0.0.1",
      METRICS_AUTH_ENABLED: "true",
      METRICS_AUTH_PASSWORD_FILE: "/x",
    };
    expect(compare(environment(variables), {})).toEqual([{ name: "METRICS_AUTH_PASSWORD", state: "set" }]);
  });
});
