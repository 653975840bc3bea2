import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { findAlertmanager } from "../../../scripts/lab/alertmanager.ts";
import { findPrometheus } from "../../../scripts/lab/prometheus.ts";
import { noteAbsentSystem, noteRealSystem } from "../../../scripts/lab/real-systems.ts";

const [prometheus, alertmanager] = [await findPrometheus(), await findAlertmanager()];
if (prometheus.kind === "there") noteRealSystem("prometheus", prometheus.version);
else noteAbsentSystem("prometheus", prometheus.because);
if (alertmanager.kind === "there") noteRealSystem("alertmanager", alertmanager.version);
else noteAbsentSystem("alertmanager", alertmanager.because);

const EXAMPLES = resolve(import.meta.dirname, "../../../examples");

async function says(program: string, args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(program, args, { cwd: EXAMPLES });
  return `${stdout}${stderr}`;
}

describe.skipIf(prometheus.kind === "absent")(
  `examples/prometheus${prometheus.kind === "absent" ? ` (${prometheus.because})` : ""}`,
  () => {
    test("is a configuration with rules that Prometheus takes", async () => {
      expect(await says("promtool", ["check", "config", "prometheus/prometheus.yml"])).toMatch(/SUCCESS: \d+ rules found/);
    });

    test("fires each rule when it should, and not before", async () => {
      expect(await says("promtool", ["test", "rules", "prometheus/rules.test.yml"])).toContain("SUCCESS");
    });
  },
);

describe.skipIf(alertmanager.kind === "absent")(
  `examples/alertmanager${alertmanager.kind === "absent" ? ` (${alertmanager.because})` : ""}`,
  () => {
    test("is a configuration with a template that Alertmanager takes", async () => {
      expect(await says("amtool", ["check-config", "alertmanager/alertmanager.yml"])).toContain("1 templates");
    });

    test.each([
      ["warning", "oomph,channel"],
      ["critical", "oomph,channel-with-labels"],
    ])("sends what is %s to %s", async (severity, receivers) => {
      const labels = ["alertname=HighMemory", `severity=${severity}`];
      const routed = await says("amtool", ["config", "routes", "test", "--config.file=alertmanager/alertmanager.yml", ...labels]);
      expect(routed.split("\n")).toContain(receivers); // beside warnings
    });
  },
);
