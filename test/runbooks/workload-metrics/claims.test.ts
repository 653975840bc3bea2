import { describe, expect, test } from "vitest";
import { DEFAULT_THRESHOLDS } from "../../../src/domain/alert-thresholds.ts";
import { metricsAuth, metricsMissing } from "../../../src/runbooks/workload-metrics/claims.ts";
import { assemble } from "../../../src/runbooks/workload-metrics/picture.ts";
import { checkClaim } from "../../../src/runbooks/workload-memory/check-claim.ts";
import { container, evidence, NOW_MS, pod, podsPart } from "../workload-memory/scenes.ts";

type Parts = Readonly<Record<string, object>>;

const pods = podsPart([pod([container()])]);
const missing = (parts: Parts) => checkClaim(metricsMissing(assemble(evidence({ pods, ...parts }), []), DEFAULT_THRESHOLDS));
const kept = (parts: Parts) => checkClaim(metricsAuth(assemble(evidence({ pods, ...parts }), [])));

function prometheusPart(...targets: readonly object[]): object {
  const one = { job: "web", instance: "10.0.0.7:8000", up: true, lastError: "", lastScrapeAtMs: NOW_MS - 5_000 };
  return { targets: targets.map((target) => ({ ...one, ...target })), series: [], missing: [] };
}

function endpointPart(status: number): object {
  const answer = { kind: "status", status };
  const samples = status === 200 ? { samples: 12 } : {};
  return {
    pods: [{ pod: "web-1", path: ":8000/metrics", with: answer, without: { kind: "status", status: 401 }, notExported: [], ...samples }],
  };
}

const DOWN = { up: false, lastError: "server returned HTTP status 401 Unauthorized", lastStatus: 401 };

describe("MemoryMetricsMissing", () => {
  test("is borne out by a target that is down or not there, and not by one that is up", () => {
    expect(missing({ prometheus: prometheusPart() })).toMatchObject({
      holds: "borne-out",
      says: "The alert says that there have been no metrics for 10 min. Measured: Prometheus scrapes none of these pods.",
    });
    expect(missing({ prometheus: prometheusPart({}, DOWN), endpoint: endpointPart(200) }).says).toContain(
      "Measured: web 10.0.0.7:8000 is down (server returned HTTP status 401 Unauthorized), last scraped 5.0 s ago; otherwise by another measure: web-1 :8000/metrics serves 12 samples.",
    );
    expect(missing({ prometheus: prometheusPart({}) }).holds).toBe("not-borne-out");
    expect(missing({ endpoint: endpointPart(500) }).says).toContain("answers 500 and serves no metrics");
    expect(missing({})).toMatchObject({ holds: "cannot-be-checked", says: expect.stringContaining("could be asked.") });
  });
});

describe("MetricsAuthenticationFailure", () => {
  test("is borne out by 401 to Prometheus or to who has the credentials", () => {
    expect(kept({ prometheus: prometheusPart(DOWN) })).toMatchObject({ holds: "borne-out", for: [{ evidenceId: "ev_prometheus" }] });
    expect(kept({ endpoint: endpointPart(401) })).toMatchObject({
      holds: "borne-out",
      says: expect.stringContaining("web-1 :8000/metrics answers 401 with the credentials of the Secret"),
    });
    expect(kept({ endpoint: endpointPart(200) }).holds).toBe("not-borne-out");
    expect(kept({ prometheus: prometheusPart({ up: false, lastError: "connection refused" }) }).holds).toBe("not-borne-out");
    expect(kept({}).holds).toBe("cannot-be-checked");
  });
});
