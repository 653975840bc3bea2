import type { Alert, AlertClass, AlertFacts, AlertReading, AlertSource, Post } from "../domain/alert.ts";
import { REDIS_REFUSAL_RULE } from "../domain/alert-rule.ts";
import { severityAnywhere } from "../domain/severity-words.ts";
import { severityOf } from "./facts.ts";
import { judgeInTurns, type Judge } from "./judge.ts";
import { labelsInText } from "./labels-in-text.ts";
import { plainAlarm, speaksToOthers } from "./plain-alarm.ts";
import { saidIn, sourceOf, statusOf } from "./said.ts";
import { POST_READERS } from "./senders/posts.ts";
import { withoutTitleMarks } from "./title-marks.ts";
import { comparable } from "./victim-labels.ts";

/** Who wrote it counts: a person has a user and no bot. */
export type ReadablePost = Pick<Post, "text"> & Partial<Pick<Post, "userId" | "botId">>;

/** `readAlert` with its judge, and with a turn for others before each alert of a post that holds many. */
export function createAlertReader(judge: Judge): (post: ReadablePost) => Promise<AlertReading> {
  return async (post) => {
    const { source, facts } = factsOf(post);
    return heard({ source, alerts: await judgeInTurns(judge, facts, source) }, post);
  };
}

/**
 * What a post comes to: the alerts of the sender whose post it is, else its words as one alert. Everything in it is data,
 * never a command. Pure, and linear in the length of the text.
 */
export function readAlert(post: ReadablePost, judge: Judge): AlertReading {
  const { source, facts } = factsOf(post);
  return heard({ source, alerts: facts.map((one) => judge(one, source)) }, post);
}

// A kill, and an error that somebody quotes, is news whoever brings it.
const MEASURED: readonly AlertClass[] = ["memory_high", "node_memory_high", "memory_growth", "memory_leak"];

/** A person who types how much memory is in use talks about it, and is at most offered a look; questions and talk without a figure are left alone. */
function heard({ source, alerts }: AlertReading, { text, userId, botId }: ReadablePost): AlertReading {
  if (source !== "text" || botId !== undefined) return { source, alerts };
  const isTalk = !FIGURE.test(text) && speaksToOthers(text);
  const isFigure = ({ class: kind, rule }: Alert): boolean =>
    MEASURED.includes(kind) || (kind === "redis_memory" && rule !== REDIS_REFUSAL_RULE && /\d ?%/.test(text));
  const weighed = (alert: Alert): Alert => {
    if (isTalk && MEASURED.includes(alert.class)) return { ...alert, memory: "no", class: "other", rule: "talk" };
    return userId !== undefined && alert.memory === "yes" && isFigure(alert) ? { ...alert, memory: "unsure" } : alert;
  };
  return { source, alerts: alerts.map(weighed) };
}

const FIGURE = /\d ?(?:%|[kmgt]i?b?\b|percent)/i;

function factsOf(post: ReadablePost): { readonly source: AlertSource; readonly facts: readonly AlertFacts[] } {
  const text = withoutTitleMarks(post.text);
  const said = saidIn(text);
  for (const { source, readPost } of POST_READERS) {
    const facts = readPost(said);
    if (facts !== undefined) return { source, facts };
  }
  const source = sourceOf(said);
  const alarm = plainAlarm(text);
  const severity = alarm?.severity ?? severityAnywhere(said.text) ?? severitySaid(text);
  const status = alarm?.status === "resolved" ? "resolved" : statusOf(said);
  return { source, facts: [{ name: alarm?.name ?? null, status, severity, labels: {}, text }] };
}

/** `Priority: P1` */
function severitySaid(text: string): AlertFacts["severity"] {
  const said = Object.entries(labelsInText(text)).find(([label]) => /^(?:severity|priority)$/.test(comparable(label)));
  return severityOf(said?.[1]);
}
