import { describe, expect, test } from "vitest";
import { formatProblem, loadCommandLineConfig } from "../../src/config.ts";

function load(yaml: string) {
  return loadCommandLineConfig({
    env: {},
    readFile: (path) => {
      if (path === "oomph.yaml") return yaml;
      throw Object.assign(new Error("missing"), { code: "ENOENT" });
    },
  });
}

describe("quiet as it is configured", () => {
  test("is maintenance once and weekly, quiet hours, and who is called when nobody reacts", () => {
    const loaded = load(`
alerts:
  maintenance:
    - { name: upgrade, targets: [deploy/shop/*], from: 2026-11-28 02:00 Europe/Berlin, to: "2026-11-28T05:00:00Z" }
    - { labels: { team: edge }, weekly: sat 02:00-06:00 Europe/Berlin }
  quietHours: { from: 22:00, to: 07:00, zone: Europe/Berlin }
  unattended: { mention: S0ONCALL, secondChannel: C0EVERYONE, afterMinutesSecond: 45, severities: [warning, critical] }
`);
    expect(loaded).toMatchObject({
      config: {
        calm: {
          maintenance: [
            {
              name: "upgrade",
              targets: ["deploy/shop/*"],
              labels: {},
              when: { kind: "once", fromMs: Date.parse("2026-11-28T01:00:00Z"), toMs: Date.parse("2026-11-28T05:00:00Z") },
            },
            {
              name: "maintenance",
              targets: [],
              labels: { team: "edge" },
              when: { kind: "weekly", days: ["sat"], fromMinutes: 120, toMinutes: 360, zone: "Europe/Berlin" },
            },
          ],
          quietHours: { fromMinutes: 1320, toMinutes: 420, zone: "Europe/Berlin" },
        },
        unattended: {
          mention: { group: "S0ONCALL", afterMs: 600_000 },
          spread: { channel: "C0EVERYONE", afterMs: 2_700_000 },
          severities: ["critical", "warning"],
        },
      },
    });
  });

  test("has windows that are called alike apart, so that each has its own count", () => {
    const window = '{ weekly: "sat 02:00-06:00 UTC" }';
    const loaded = load(`alerts: { maintenance: [${window}, ${window}] }`);
    expect(loaded).toMatchObject({ config: { calm: { maintenance: [{ name: "maintenance" }, { name: "maintenance 2" }] } } });
  });

  test("is none where nothing is said", () => {
    const loaded = load("{}");
    expect(loaded).toMatchObject({ config: { calm: { maintenance: [] } } });
    expect(loaded).not.toHaveProperty("config.calm.quietHours");
    expect(loaded).not.toHaveProperty("config.unattended");
  });

  test.each([
    ["alerts: { maintenance: [{ name: a }] }", "alerts.maintenance[0]: expected either weekly, or from and to, got neither"],
    ["alerts: { maintenance: [{ from: 2026-11-28T02:00:00Z }] }", "alerts.maintenance[0]: expected from and to, got from alone"],
    [
      "alerts: { maintenance: [{ from: 2026-11-28T02:00:00Z, to: 2026-11-28T01:00:00Z }] }",
      "alerts.maintenance[0].to: expected a time after 2026-11-28T02:00:00Z, got 2026-11-28T01:00:00Z",
    ],
    ["alerts: { maintenance: [{ from: tomorrow, to: 2026-11-28T01:00:00Z }] }", "expected a time with its offset or zone, such as"],
    [
      "alerts: { maintenance: [{ weekly: saturdays }] }",
      'alerts.maintenance[0].weekly: expected hours such as 22:00-04:00, or 00:00-24:00 for a whole day, after the days, not "", got "saturdays"',
    ],
    ["alerts: { maintenance: [{ weekly: 7 }] }", "expected days (daily, sat, mon-fri, sat,sun), hours and a time zone, such as"],
    [
      "alerts: { maintenance: [{ weekly: sat 00:00-00:00 UTC }] }",
      'expected hours that begin and end at different times (a whole day is 00:00-24:00), not "00:00-00:00"',
    ],
    ["alerts: { quietHours: { from: 22:00, to: 22:00 } }", "alerts.quietHours.to: expected another time than from, got 22:00"],
    ["alerts: { quietHours: { from: 10 pm, to: 07:00 } }", "expected a time of day such as 22:00"],
    ["alerts: { quietHours: { from: 22:00, to: 07:00, zone: Berlin } }", "expected the name of a time zone such as Europe/Berlin or UTC"],
    [
      "alerts: { unattended: { mention: S0ONCALL, afterMinutesSecond: 5 } }",
      "alerts.unattended.afterMinutesSecond: expected secondChannel beside it, whom it is about, got nothing",
    ],
    ["alerts: { unattended: { secondChannel: C0ALL, afterMinutes: 5 } }", "alerts.unattended.afterMinutes: expected mention beside it"],
    ["alerts: { unattended: { afterMinutes: 5 } }", "alerts.unattended: expected mention, secondChannel or both, got neither"],
    ["alerts: { unattended: { mention: oncall } }", "expected the id of a user group (S...), not its name"],
    ["alerts: { unattended: { mention: S0ONCALL, severities: [bad] } }", "expected a list out of critical, warning, info"],
    ["alerts: { unattended: { mention: S0ONCALL, afterMinutes: 0 } }", "expected a number of minutes from 0.05 to 10080"],
  ])("%s is refused", (yaml, says) => {
    const loaded = load(yaml);
    expect(loaded.kind === "invalid" ? loaded.problems.map(formatProblem).join("\n") : "").toContain(says);
  });
});
