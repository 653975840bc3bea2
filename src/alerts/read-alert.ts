import { setImmediate } from "node:timers/promises";
import type { Alert, AlertFacts, AlertReading, AlertSource, Post } from "../domain/alert.ts";
import type { Judge } from "./judge.ts";
import { plainAlarm } from "./plain-alarm.ts";
import { saidIn, severityIn, sourceOf, statusOf } from "./said.ts";
import { POST_READERS } from "./senders/posts.ts";
import { withoutTitleMarks } from "./title-marks.ts";

/** `readAlert` with its judge; of a post that holds many alerts others have their turn between two. */
export function createAlertReader(judge: Judge): (post: Pick<Post, "text">) => Promise<AlertReading> {
  return async (post) => {
    const { source, facts } = factsOf(post);
    const alerts: Alert[] = [];
    for (const one of facts) {
      if (alerts.length > 0) await setImmediate();
      alerts.push(judge(one, source));
    }
    return { source, alerts };
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
