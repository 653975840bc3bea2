import { expect, test } from "vitest";
import type { Target } from "../../src/domain/target.ts";
import { renderInvestigation } from "../../src/cli/render-investigation.ts";

const ADVICE = { actionId: "k8s.set-memory", params: { container: "app", limit: "1Gi" }, why: "Raises it." };
const WEB: Target = { kind: "workload", connection: "prod-eu", resource: "deploy", namespace: "shop", name: "web" };

function render(target: Target): string {
  const step = (name: string, because: string) => ({ step: name, code: "no-rights", because, tookMs: 1 }) as const;
  const finding = { verdict: "cgroup-limit-kill", headline: "It was killed.", confidence: 0.9, for: [], against: [], advice: [ADVICE] };
  const failures = [step("k8s.usage", "no right"), step("k8s.kernel", "no log"), step("k8s.census", "no right")];
  const diagnosis = { finding, hypotheses: [], summary: [], suspects: undefined, furtherSteps: ["Read its log."] };
  return renderInvestigation({
    target,
    runbookId: "workload-memory",
    startedAtMs: 0,
    tookMs: 1,
    outcome: { kind: "done", diagnosis, evidence: [], failures },
  });
}

test("what is recommended is a command to copy, with its target", () => {
  expect(render(WEB)).toContain(
    "  - oomph run k8s.set-memory prod-eu:deploy/shop/web --container app --limit 1Gi: Raises it.\n  - `oomph plan`",
  );
});

test("a Redis by its URL has to be named first", () => {
  const text = render({ kind: "redis", name: "127.0.0.1:6379" });
  expect(text).toContain("  - k8s.set-memory --container app");
  expect(text).toContain("name this Redis in oomph.yaml");
});

test("what keeps several steps from looking is said once", () => {
  expect(render(WEB)).toMatch(/Could not be read:\n {2}- k8s\.usage, k8s\.census: no right\n {2}- k8s\.kernel: no log\n$/);
});
