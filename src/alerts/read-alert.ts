import type { AlertFacts, AlertReading, AlertSource, Post } from "../domain/alert.ts";
import { judgeInTurns, type Judge } from "./judge.ts";
import { plainAlarm } from "./plain-alarm.ts";
import { saidIn, severityIn, sourceOf, statusOf } from "./said.ts";
import { POST_READERS } from "./senders/posts.ts";
import { withoutTitleMarks } from "./title-marks.ts";

/** `readAlert` with its judge, and with a turn for others before each alert of a post that holds many. */
export function createAlertReader(judge: Judge): (post: Pick<Post, "text">) => Promise<AlertReading> {
  return async (post) => {
    const { source, facts } = factsOf(post);
    return { source, alerts: await judgeInTurns(judge, facts, source) };
  };
}

/**
 * What a post comes to: the alerts of the sender whose post it is, else its words as one alert. Everything in it is data,
 * never a command. Pure, and linear in the length of the text.
 */
export function readAlert(post: Pick<Post, "text">, judge: Judge): AlertReading {
  const { source, facts } = factsOf(post);
  return { source, alerts: facts.map((one) => judge(one, source)) };
}

function factsOf(post: Pick<Post, "text">): { readonly source: AlertSource; readonly facts: readonly AlertFacts[] } {
  const text = withoutTitleMarks(post.text);
  const said = saidIn(text);
  for (const { source, readPost } of POST_READERS) {
    const facts = readPost(said);
    if (facts !== undefined) return { source, facts };
  }
  const source = sourceOf(said);
  const alarm = plainAlarm(text);
  const severity = alarm?.severity ?? severityIn(said);
  const status = alarm?.status === "resolved" ? "resolved" : statusOf(said);
  return { source, facts: [{ name: alarm?.name ?? null, status, severity, labels: {}, text }] };
}
