import { createJudge, type Judge } from "../alerts/judge.ts";
import { counted } from "../domain/count.ts";
import type { KernelOomReading } from "../domain/kernel-oom/types.ts";
import type { AlertResult } from "./alert-result.ts";
import { explainAs, parsed, type NamedReader } from "./explain-as.ts";
import { explainAlert, explainGuessed, explainPastedPost, explainTitled, explainWords, textBesideAlert } from "./explain-alert.ts";
import { withPost, type AsPost } from "./explain-as-post.ts";
import type { HeapResult } from "./explain-heap.ts";
import { explainKernelKills, explainQuietLog } from "./explain-kernel-log.ts";
import { explainPod, type ClusterResult } from "./explain-pod.ts";
import { explainProgramText, type ProgramTextResult } from "./explain-program-text.ts";
import { explainRedis, type RedisResult } from "./explain-redis.ts";
import { kindsBeside, sayBeside } from "./explain-rest.ts";
import type { Explained } from "./explained.ts";

/** A kind per recogniser; scripts tell them apart by `kind`. */
type KnownResult = ClusterResult | HeapResult | RedisResult | KernelOomReading | AlertResult | ProgramTextResult;
type Unknown = { readonly kind: "unknown"; readonly because: string };

/** `also`: kinds of what else the text holds; absent: it is all of one. `asPost`: what a log leads to where somebody posts it; absent: nothing. */
type Beside = { readonly also?: readonly string[]; readonly asPost?: AsPost };

export type Explanation = Explained<(KnownResult & Beside) | Unknown>;

type Recogniser = (text: string, judge: Judge) => Explained<KnownResult> | undefined;

// Asked in this order; the first that knows the text has it: an alert before the log line that it carries. Each is pure and has a file of its own.
const LOGS: readonly Recogniser[] = [explainPod, explainKernelKills, explainRedis, explainProgramText, explainQuietLog];
const RECOGNISERS: readonly Recogniser[] = [
  explainPastedLog,
  explainAlert,
  explainTitled,
  explainPastedPost,
  ...LOGS,
  explainGuessed,
  explainWords,
];

const OF_A_PART: readonly Recogniser[] = [
  explainAlert,
  explainTitled,
  explainPastedPost,
  explainPod,
  explainKernelKills,
  explainRedis,
  explainProgramText,
];

/** Of these a line or two is what people and programs post as well; an INFO is not. */
function isPosted(result: KnownResult): boolean {
  return result.kind === "kernel_oom" || result.kind === "program_log" || (result.kind === "redis_info" && result.usedBytes === null);
}

const BUILT_IN = createJudge();

/** Says what a pasted text means, with the same rules as an investigation; `judge` knows those of the users too. `as`: whose webhook's it is, where one has said it. Pure. */
export function explain(text: string, judge = BUILT_IN, as?: NamedReader): Explanation {
  if (as !== undefined) {
    const told = explainAs(text, judge, as);
    return typeof told === "string" ? unknown(told) : told;
  }
  for (const recognise of RECOGNISERS) {
    const explained = recognise(text, judge);
    if (explained !== undefined) return withRest(isPosted(explained.result) ? withPost(explained, text, judge) : explained, text, judge);
  }
  if (OF_A_WORKLOAD.test(text)) return unknown(ASK_FOR_PODS);
  if (BEGINS_AS_JSON.test(text)) return unknown(ofJson(text));
  const got = text.trim() === "" ? "nothing" : `${described(text)} with none of these`;
  return unknown(`Expected ${READS}; got ${got}.`);
}

function withRest(explained: Explained<KnownResult>, text: string, judge: Judge): Explanation {
  const { result, text: said } = explained;
  const also = kindsBeside(text, result.kind, (part) => surelyIn(part, result.kind, judge));
  return also.length === 0 ? explained : { ...explained, result: { ...result, also }, text: `${said}\n${sayBeside(also)}` };
}

/** What a part of a text is by itself, where that is sure. */
function surelyIn(part: string, told: string, judge: Judge): string | undefined {
  for (const recognise of OF_A_PART) {
    const result = recognise(part, judge)?.result;
    if (result === undefined) continue;
    const isUnsure = result.kind === "alert" ? result.memoryRelated === false : isUndetermined(result);
    // One line of a kernel's in an alert is told with it.
    const isToldAlready = told === "alert" && result.kind === "kernel_oom" && !part.includes("\n");
    return isUnsure || isToldAlready ? undefined : result.kind;
  }
  return undefined;
}

function unknown(because: string): Explained<Unknown> {
  return { result: { kind: "unknown", because }, text: `${because}\n` };
}

const BEGINS_AS_JSON = /^\s*(?:\{\s*["}]|\[\s*[{[\]"\d])/;

function ofJson(text: string): string {
  const body = parsed(text);
  if (body.kind === "broken") return body.because;
  const lacks = HAS_ALERTS.test(text) ? 'Its "alerts" have no labels, as those of Alertmanager and Grafana do. ' : "";
  return `I cannot tell whose JSON this is. ${lacks}Expected ${JSON_OF}. Of another sender say by which mapping of webhooks.generic it is read: \`oomph explain --as generic/<name> FILE\`.`;
}

const HAS_ALERTS = /^\s*\{\s*"alerts"\s*:\s*\[/;
const JSON_OF =
  "that of a webhook (Alertmanager, Grafana, CloudWatch, PagerDuty, Sentry, Datadog, New Relic, Wazuh), of a Slack post, or of kubectl";

/** What a login or an error page stands in for is often meant. */
function described(text: string): string {
  const size = counted(text.length, "character");
  return /^\s*<(?:!doctype html|html)\b/i.test(text) ? `a web page of ${size}` : size;
}

// A manifest or description of what makes pods: of it people hope to learn how its containers ended.
const OF_A_WORKLOAD =
  /^[ \t]*"?kind"?:[ \t]*"?(?:Deployment|StatefulSet|DaemonSet|ReplicaSet|Job|CronJob)\b|^(?:Pods Status(?:es)?|StrategyType|Concurrency Policy):[ \t]/m;
const ASK_FOR_PODS =
  "Expected what kubectl says of pods, nodes or events; got what it says of a workload, which does not tell how its containers ended. Ask for its pods (`kubectl get pods -l <its labels> -o json | oomph explain -`), or look at all of it: `oomph investigate deploy/<namespace>/<name>` (or sts, ds, job, cronjob).";

// What is read, for people.
const READS =
  "the output of `redis-cli INFO` (or a part of it with used_memory and maxmemory), a log with \"OOM command not allowed when used memory > 'maxmemory'\", a kernel's log (`dmesg`, `journalctl -k`, /var/log/syslog), a program's log whose heap is full (Java, Node, Python, Go, PHP, Ruby, .NET), a line on how a container ended (\"exited with code 137\", OOMKilled), what kubectl says of pods, nodes and events (describe, get -o json or yaml, tables), a heap profile in pprof's format, or an alert: the JSON of a webhook (Alertmanager, Grafana, CloudWatch by SNS, PagerDuty, Sentry, Datadog, New Relic, Wazuh), a Slack post in JSON, or the text of a post about memory";

/** A log in a Slack post that is no alert is read as the log that it is. */
function explainPastedLog(text: string, judge: Judge): Explained<KnownResult> | undefined {
  const beside = textBesideAlert(text, judge);
  if (beside === undefined) return undefined;
  for (const recognise of LOGS) {
    const explained = recognise(beside.said, judge);
    if (explained !== undefined && !(beside.mayBeAlert && saysNoMore(explained.result))) return explained;
  }
  return undefined;
}

/** Of a log that tells nothing beside the words "out of memory" nobody knows that it is one. */
function saysNoMore(result: KnownResult): boolean {
  return isUndetermined(result) && result.exitCode === null;
}

function isUndetermined(result: KnownResult): result is ProgramTextResult {
  return result.kind === "program_log" && result.verdict === "undetermined";
}
