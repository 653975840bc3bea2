/** Alerts as Wazuh's manager and its Slack integration write them, with made-up content. */

export type WazuhContent = {
  /** What the kernel wrote, without time and host. */
  readonly log?: string;
  readonly host?: string;
  readonly id?: string;
  readonly timestamp?: string;
  readonly ruleId?: string;
  readonly title?: string;
};

const RULE = { id: "5108", level: 12, description: "System running out of memory. Availability of the system is in risk." };
const KILLED = "Memory cgroup out of memory: Killed process 42 (node) total-vm:1000kB, anon-rss:800kB, file-rss:0kB, shmem-rss:0kB";

/** As the integrator hands it to a script. */
export function wazuhAlert({ log = KILLED, host = "box", id, timestamp = new Date().toISOString() }: WazuhContent = {}) {
  return {
    timestamp,
    rule: { ...RULE, firedtimes: 1, mail: true, groups: ["syslog", "linuxkernel", "service_availability"] },
    agent: { id: "004", name: host, ip: "10.0.3.4" },
    manager: { name: "wazuh-manager" },
    id: id ?? `${Math.floor(Date.now() / 1000)}.${Math.floor(Math.random() * 1e9)}`,
    full_log: logLine(host, log),
    predecoder: { program_name: "kernel", hostname: host },
    decoder: { name: "kernel" },
    location: "/var/log/syslog",
  };
}

/** As its slack.py posts it. */
export function wazuhPost({ log = KILLED, host = "box", id, ruleId = RULE.id, title = RULE.description }: WazuhContent = {}) {
  const ts = id ?? `${Math.floor(Date.now() / 1000)}.5106268`;
  const fields = [
    { title: "Agent", value: `(004) - ${host}` },
    { title: "Location", value: "/var/log/syslog" },
    { title: "Rule ID", value: `${ruleId} _(Level 12)_` },
  ];
  return { attachments: [{ color: "danger", pretext: "WAZUH Alert", title, text: logLine(host, log), fields, ts }] };
}

/** In syslog's form, which has neither year nor zone. */
function logLine(host: string, log: string): string {
  const now = new Date();
  const month = now.toLocaleString("en", { month: "short", timeZone: "UTC" });
  return `${month} ${String(now.getUTCDate()).padStart(2)} ${now.toISOString().slice(11, 19)} ${host} kernel: [857400.388400] ${log}`;
}
