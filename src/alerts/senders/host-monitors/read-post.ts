import type { AlertFacts, AlertStatus } from "../../../domain/alert.ts";
import { given } from "../../../domain/given.ts";
import { bounded, severityOf } from "../../facts.ts";
import { labelsInText } from "../../labels-in-text.ts";
import { timeInText } from "../../time-in-text.ts";
import { comparable } from "../../victim-labels.ts";
import type { ReadPost } from "../sender.ts";

const MOST_LINES = 500;
// `Problem: Linux: High memory utilization`, `Resolved in 5m 3s: ...`, `PROBLEM - mail2 - memory is CRITICAL`, `[RECOVERY] memory on mail2`
const TITLE =
  /^[^\w]{0,12}(problem|recovery|resolved|ok|acknowledged)(?: started at [^\n:]{1,40}| in [^\n:]{1,40})?\b[^\w\n]{0,4} {0,2}(.{0,300})/i;
const HOST = /\bhost(?: ?(?:name|alias))?[*_`]{0,3}:/i;
// `Problem has been resolved at 09:31:03 on 2026.05.02`
const OVER = /^[^\w]{0,12}problem (?:has been |was |is )?resolved\b/im;
// `vps-3 is critical, system.ram (ram), RAM used = 94%`, `vps-3 needs attention, ...`, `vps-3 recovered, ram_available = 38.1%`
const NETDATA = /^[^\w]{0,6}([\w.-]{1,253})(?: is| was| has)? (critical|warning|needs attention|clear|cleared|recovered)\b, ?(.{1,300})/im;
// `*** PROBLEM *** db-11/Memory Usage is CRITICAL: CRIT - 95.1% used`, `db-11/memory is *OK*`
const PLACED =
  /^(?:[^\w]{0,12}(?:problem|recovery|acknowledgement)[^\w]{1,12}(?:(?:service|host) alert: )?)?([\w.-]{1,253})\/(\w[\w .%-]{0,100}) is [*_`]{0,3}(critical|warning|unknown|ok)\b/im;
// VictorOps, of what Nagios sends it: `Incident #88 CRITICAL: db-11/Memory`, `RECOVERY: db-11/Memory`
const STATED = /^[^\w]{0,12}(?:incident )?(?:#?\d{1,12} )?(critical|warning|recovery|ok): ([\w.-]{1,253})\/(\w[\w .%-]{0,100})$/im;

/**
 * Monitors of machines post in lines of `Host:`, `Service:` or `Problem name:`, and `State:` or `Severity:`: Nagios, Icinga,
 * Zabbix, Checkmk, Centreon, Sensu. Netdata says the same in a sentence.
 */
export const readPost: ReadPost = ({ asWritten }) => {
  if (!HOST.test(asWritten.slice(0, 4000))) return readPlaced(asWritten) ?? readNetdata(asWritten);
  const written = labelsInText(asWritten);
  const said = new Map(Object.entries(written).map(([name, value]) => [comparable(name), value] as const));
  const of = (...names: readonly string[]): string | undefined => names.map((name) => said.get(name)).find((value) => value !== undefined);
  const host = of("host", "hostname", "host_name", "hostalias");
  if (host === undefined) return undefined;
  const lines = asWritten.split("\n", MOST_LINES);
  const [, word = "", rest = ""] = lines.map((line) => TITLE.exec(line)).find((found) => found !== null) ?? [];
  const name = of("problem_name", "trigger", "trigger_name", "service", "check", "service_name") ?? (word === "" ? undefined : rest);
  const state = of("notification_type", "type", "state", "service_state", "trigger_status", "status");
  const severity = of("severity", "trigger_severity", "state", "service_state");
  if (name === undefined || name === "" || (state === undefined && severity === undefined && word === "")) return undefined;
  return [factsOf({ name, host, severity, status: OVER.test(asWritten) ? "resolved" : statusOf(state ?? word), written, text: asWritten })];
};

type Seen = {
  readonly name: string;
  readonly host: string;
  readonly severity: string | undefined;
  readonly status: AlertStatus;
  readonly written: Readonly<Record<string, string>>;
  readonly text: string;
};

function factsOf({ name, host, severity, status, written, text }: Seen): AlertFacts {
  return bounded({
    name,
    status,
    severity: status === "resolved" ? null : severityOf(/^needs attention$/i.test(severity ?? "") ? "warning" : severity),
    labels: { ...written, host },
    text: [name, text].join("\n"),
    ...given({ startsAtMs: timeInText(text) }),
  });
}

function statusOf(state: string): AlertStatus {
  return /^(?:recovery|recovered|resolved|ok|up)\b/i.test(state.trim()) ? "resolved" : "firing";
}

function readPlaced(text: string): readonly AlertFacts[] | undefined {
  const head = text.slice(0, 2000);
  const [, host = "", name = "", state = ""] = PLACED.exec(head) ?? [];
  if (host !== "") return [factsOf({ name, host, severity: state, status: statusOf(state), written: {}, text })];
  const [, stated = "", at = "", service = ""] = STATED.exec(head) ?? [];
  return at === "" ? undefined : [factsOf({ name: service, host: at, severity: stated, status: statusOf(stated), written: {}, text })];
}

function readNetdata(text: string): readonly AlertFacts[] | undefined {
  const [, host = "", state = "", rest = ""] = NETDATA.exec(text.slice(0, 2000)) ?? [];
  if (host === "" || !/[\w]+\.[\w]+/.test(rest)) return undefined;
  const status = /^(?:clear|cleared|recovered)$/i.test(state) ? "resolved" : "firing";
  // In front of the alarm stand its chart and the family of that, which can be called anything.
  const name = rest.split(/, (?=[^,]*$)/).at(-1) ?? rest;
  return [factsOf({ name, host, severity: state, status, written: {}, text })];
}
