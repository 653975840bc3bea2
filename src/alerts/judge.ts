import { setImmediate } from "node:timers/promises";
import type { Alert, AlertFacts, AlertKill, AlertSource, AlertSubject } from "../domain/alert.ts";
import { REDIS_REFUSAL_RULE, type AlertRule } from "../domain/alert-rule.ts";
import { given } from "../domain/given.ts";
import { askedOf, compileRule, type CompiledRule } from "./fits-rule.ts";
import { hostsIn, killsIn, killWithoutLine } from "./kills-in.ts";
import { labelsInText } from "./labels-in-text.ts";
import { BUILT_IN_RULES } from "./rules/index.ts";
import { machinesSaid } from "./places-in-text.ts";
import { namesSomebody, subjectOf } from "./subject.ts";
import { saysRefusal } from "./says-refusal.ts";
import { thresholdIn } from "./threshold-in.ts";
import { timeInText } from "./time-in-text.ts";
import { isOfMachine, isReporter, namesMachine, victimLabels } from "./victim-labels.ts";
import { visibleStart } from "./visible-start.ts";

/** What an alert is about, whoever sends it. Pure, and linear in the length of what it says. */
export type Judge = (facts: AlertFacts, source: AlertSource) => Alert;

/** All of a message, however many: others have their turn before each. */
export async function judgeInTurns(judge: Judge, facts: readonly AlertFacts[], source: AlertSource): Promise<readonly Alert[]> {
  const alerts: Alert[] = [];
  for (const one of facts) {
    await setImmediate();
    alerts.push(judge(one, source));
  }
  return alerts;
}

/** Of an alert's own words the thread shows so many characters. */
const MOST_WORDS = 500;

type Verdict = Pick<Alert, "memory" | "class" | "rule" | "subject" | "kills" | "threshold"> &
  Partial<Pick<Alert, "severity" | "refusesWrites">>;

/** Kernel lines first, which say exactly what happened; then the users' rules, then those built in: the first that fits. */
export function createJudge(ofUsers: readonly AlertRule[] = []): Judge {
  const [users, builtIn] = [ofUsers, BUILT_IN_RULES].map((rules) => rules.map(compileRule));
  // A class that a user has named is meant.
  const isMeant = (rule: CompiledRule | undefined): boolean => rule?.verdict.class !== undefined && (users ?? []).includes(rule);
  const silencers = (users ?? []).filter(({ verdict }) => verdict.memory === "no");
  const others = [...(users ?? []).filter(({ verdict }) => verdict.memory !== "no"), ...(builtIn ?? [])];
  return (facts, source) => {
    const { text, metric: _metric, ...shown } = facts;
    const startsAtMs = facts.startsAtMs ?? timeInText(text);
    const asked = askedOf(facts, source);
    const fitting = (rules: typeof others): (typeof others)[number] | undefined => rules.find((rule) => rule.fits(asked));
    // Who silences an alert means its log lines too.
    const asRuled = (rule = fitting(others)): Verdict | undefined => ruled(facts, rule, { isMeant: isMeant(rule) });
    const verdict = ruled(facts, fitting(silencers)) ?? killedIn(facts) ?? asRuled() ?? nothing(facts);
    const says = visibleStart(facts.name ?? text);
    const words = visibleStart(inLine(text), MOST_WORDS);
    return { ...shown, ...given({ startsAtMs, words: words === says || words === "" ? undefined : words }), source, ...verdict, says };
  };
}

/** Its summary and its description are no one sentence. */
function inLine(text: string): string {
  const lines = text.slice(0, 4 * MOST_WORDS).split("\n");
  return lines
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join(" · ");
}

function ruled(facts: AlertFacts, rule: Pick<AlertRule, "id" | "verdict"> | undefined, { isMeant = false } = {}): Verdict | undefined {
  if (rule === undefined) return undefined;
  const { memory, class: kind = "memory_high", about, severity, nobody = memory } = rule.verdict;
  const named = subjectOf(facts, about);
  const subject = kind === "memory_high" && !isMeant && !OF_A_PROCESS.test(facts.text) ? orMachine(named, facts) : named;
  const judged = namesSomebody(subject) ? memory : nobody;
  // Much memory used, and whom it names is a machine, which it calls so.
  const isMachine = subject.about === "node" && (subject !== named || callsItMachine(facts));
  const told = !isMeant && kind === "memory_high" && isMachine ? "node_memory_high" : kind;
  const refuses = judged !== "no" && told === "redis_memory" && (rule.id === REDIS_REFUSAL_RULE || saysRefusal(facts));
  const more = { ...given({ severity }), ...thresholdOf(facts, judged), ...(refuses ? ({ refusesWrites: true } as const) : {}) };
  return { memory: judged, class: judged === "no" ? "other" : told, rule: rule.id, subject, kills: [], ...more };
}

/** Much memory is in use, and all that it names is a domain name as machines have: `cache-3.example.com`. */
function orMachine(subject: AlertSubject, { text }: AlertFacts): AlertSubject {
  const { about, names, hosts } = subject;
  const [name = "", ...others] = names;
  const isOnly = about === "unknown" && others.length === 0 && hosts.length === 0 && !namesWorkload(subject);
  const port = text.indexOf(`${name}:`) + name.length + 1;
  const listens = port > name.length && /\d/.test(text.charAt(port)); // a program, whichever machine it is on
  return isOnly && !listens && OF_A_MACHINE.test(name) ? { ...subject, about: "node", names: [], hosts: [name] } : subject;
}

// Monit's limits are of programs as well, beside which it names the machine.
const OF_A_PROCESS = /\bresource limit\b|\bprocess\b/i;

function namesWorkload({ namespace, pod, container, owner }: AlertSubject): boolean {
  return [namespace, pod, container, owner].some((place) => place !== undefined);
}

const OF_A_MACHINE = /^(?=[a-z]{0,62}[\d-])[a-z][a-z\d-]{0,62}(?:\.[a-z\d-]{1,63}){1,6}\.[a-z]{2,24}$/;

function callsItMachine({ labels, text }: AlertFacts): boolean {
  // `node_exporter:9100` is no machine's name.
  const isMeasured = isOfMachine(labels) && !isReporter(labels["instance"]);
  return isMeasured || namesMachine({ ...labelsInText(text), ...labels }) || machinesSaid(text).length > 0;
}

function thresholdOf(facts: AlertFacts, memory: Alert["memory"]): Pick<Alert, "threshold"> {
  return memory === "no" ? {} : given({ threshold: thresholdIn(facts) });
}

function nothing(facts: AlertFacts): Verdict {
  return { memory: "no", class: "other", rule: "none", subject: subjectOf(facts, undefined), kills: [] };
}

/** What log lines in it tell; undefined: there are none. */
function killedIn(facts: AlertFacts): Verdict | undefined {
  const kills = killsIn(facts.text) ?? killsByRule(facts);
  if (kills === undefined) return undefined;
  if (kills.length === 0) return { ...nothing(facts), rule: "kernel-lines" }; // asked for by hand
  const isNamed = kills.some(({ process, pid, cgroup }) => process !== null || pid !== null || cgroup !== null);
  return { memory: "yes", class: isNamed ? "oom_killed" : "out_of_memory", rule: "kernel-lines", kills, subject: ofKilled(facts, kills) };
}

/** A line's own host is where it happened; an agent may collect the logs of others. */
function ofKilled(facts: AlertFacts, kills: readonly AlertKill[]): AlertSubject {
  const { namespace, pod, container, owner, cluster, hosts } = subjectOf({ ...facts, text: "", name: null }, undefined);
  const node = OF_NODE.exec(facts.text)?.[1];
  const isOfNode = node !== undefined && kills.every(({ cgroup }) => cgroup === null);
  const isNode = isOfNode || (victimLabels(facts.labels).get("kind") ?? "").toLowerCase() === "node";
  const isWorkload = pod !== undefined || kills.some(({ podUid }) => podUid !== null);
  const places = given({ cluster, namespace, pod, container, owner });
  const machines = [facts.labels["hostname"], node, ...hostsIn(facts.text), facts.labels["agent"], ...hosts];
  const about = isWorkload ? "workload" : "container";
  return {
    about: isNode ? "node" : about,
    names: [],
    hosts: [...new Set(machines.filter((host) => host !== undefined))],
    ...places,
  };
}

// How kubectl lists a kill among a cluster's events: `Warning  OOMKilling  node/ip-10-0-3-17  Memory cgroup out of memory: ...`.
const OF_NODE = /\bOOMKilling\s{1,20}node\/([a-z0-9][\w.-]{0,252})/i;

/** Wazuh's rule 5108, "System running out of memory", where the log line under it names no kill. Source: Wazuh, 0020-syslog_rules. */
function killsByRule({ name, labels, text }: AlertFacts): readonly AlertKill[] | undefined {
  if (labels["rule_id"] !== "5108" && !/\bsystem running out of memory\b/i.test(name ?? "")) return undefined;
  return [killWithoutLine(`Wazuh says that memory ran out, by a line that names nobody killed: "${visibleStart(text)}"`)];
}
