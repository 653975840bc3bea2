import { expect, test } from "vitest";
import { hearingWarnings } from "../../src/cli/config-hearing.ts";
import { loadConfig } from "../../src/config.ts";

const DEAF = expect.stringMatching(/^no alert can ever reach it, only what people ask for with \/oom: name slack\.alertChannels/);

test.each([
  ["", "", [DEAF]],
  ["", "docker: { connections: { local: { url: unix:///var/run/docker.sock } } }", []],
  ["", "{ docker: { connections: { local: { url: unix:///var/run/docker.sock } } }, watch: { enabled: false } }", [DEAF]],
  ["alertChannels: [C0ALERTS, C0OTHERS, C0ALERTS]", "", ["slack.alertChannels names C0ALERTS twice: each is read once"]],
  [
    "alertChannels: [C0ALERTS], fallbackChannel: C0INCIDENTS",
    "",
    ["slack.fallbackChannel is the incident channel, C0INCIDENTS: what cannot be posted there is told nowhere else"],
  ],
  [
    "alertChannels: [C0ALERTS]",
    'alerts: { quietHours: { from: "00:00", to: "23:59" } }',
    [expect.stringMatching(/quietHours are the whole day/)],
  ],
  ["alertChannels: [C0ALERTS]", 'alerts: { quietHours: { from: "22:00", to: "21:00" } }', []],
])("of slack { %s } and %s is warned where nothing is heard or told (%#)", (slack, more, warnings) => {
  const env = { SLACK_BOT_TOKEN: "xoxb-made-up", SLACK_APP_TOKEN: "xapp-made-up", REDIS_URL: "redis://localhost:6390" };
  const rest = more.replace(/^\{ (.*) \}$/, "$1");
  const file = `{ slack: { incidentChannel: C0INCIDENTS${slack === "" ? "" : `, ${slack}`} }${rest === "" ? "" : `, ${rest}`} }`;
  const loaded = loadConfig({ env, readFile: () => file });
  expect(loaded.kind === "ok" ? hearingWarnings(loaded.config) : loaded).toEqual(warnings);
});
