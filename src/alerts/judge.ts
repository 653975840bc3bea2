import type { Alert, AlertFacts, AlertKill, AlertSource, AlertSubject } from "../domain/alert.ts";
import { hostsIn, killsIn, killWithoutLine } from "./kills-in.ts";
import { readContainerWords } from "./read-container-text.ts";
import { readRedisWords } from "./read-redis-text.ts";
import { saidIn } from "./said.ts";
import { visibleStart } from "./visible-start.ts";

/** What an alert is about, whoever sends it. Pure, and linear in the length of what it says. */
export type Judge = (facts: AlertFacts, source: AlertSource) => Alert;

type Verdict = Pick<Alert, "memory" | "class" | "rule" | "subject" | "kills">;

/** Kernel lines first, which say exactly what happened; then the rules, the first that fits. */
export function createJudge(): Judge {
  return (facts, source) => {
    const { text: _text, metric: _metric, ...shown } = facts;
    return { ...shown, source, ...verdictOn(facts), says: visibleStart(facts.name ?? facts.text) };
  };
}

function verdictOn(facts: AlertFacts): Verdict {
  const hosts = hostsOf(facts);
  const kills = killsIn(facts.text) ?? killsByRule(facts);
  if (kills !== undefined && kills.length === 0) return OTHER; // asked for by hand
  if (kills !== undefined) return killed(kills, hosts);
  const said = saidIn(
    [facts.name ?? "", facts.text, ...Object.entries(facts.labels).map(([name, value]) => `${name}=${value}`)].join("\n"),
  );
  const names = readRedisWords(said);
  if (names !== undefined)
    return { memory: "yes", class: "redis_memory", rule: "redis-words", kills: [], subject: { about: "redis", names, hosts: [] } };
  const container = readContainerWords(said);
  if (container === undefined) return OTHER;
  return {
    memory: "yes",
    class: container.killed ? "oom_killed" : "memory_high",
    rule: "container-words",
    kills: [],
    subject: container.subject,
  };
}

const OTHER: Verdict = { memory: "no", class: "other", rule: "none", kills: [], subject: { about: "unknown", names: [], hosts: [] } };

function killed(kills: readonly AlertKill[], hosts: AlertSubject["hosts"]): Verdict {
  const isNamed = kills.some(({ process, pid, cgroup }) => process !== null || pid !== null || cgroup !== null);
  const about = kills.some(({ podUid }) => podUid !== null) ? "workload" : "container";
  return {
    memory: "yes",
    class: isNamed ? "oom_killed" : "out_of_memory",
    rule: "kernel-lines",
    kills,
    subject: { about, names: [], hosts },
  };
}

/** Wazuh's rule 5108, "System running out of memory", where the log line under it names no kill. Source: Wazuh, 0020-syslog_rules. */
function killsByRule({ name, labels, text }: AlertFacts): readonly AlertKill[] | undefined {
  if (labels["rule_id"] !== "5108" && !/\bsystem running out of memory\b/i.test(name ?? "")) return undefined;
  return [killWithoutLine(`Wazuh says that memory ran out, by a line that names nobody killed: "${visibleStart(text)}"`)];
}

function hostsOf({ labels, text }: AlertFacts): readonly string[] {
  return [...new Set([labels["hostname"], ...hostsIn(text), labels["agent"]].filter((host) => host !== undefined))];
}
