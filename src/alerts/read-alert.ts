import type { AlertReading, Post } from "../domain/alert.ts";
import type { Judge } from "./judge.ts";
import { saidIn, severityIn, sourceOf, statusOf } from "./said.ts";
import { POST_READERS } from "./senders/posts.ts";

/** `readAlert` with its judge. */
export function createAlertReader(judge: Judge): (post: Pick<Post, "text">) => AlertReading {
  return (post) => readAlert(post, judge);
}

/**
 * What a post comes to: the alerts of the sender whose post it is, else its words as one alert. Everything in it is data,
 * never a command. Pure, and linear in the length of the text.
 */
export function readAlert({ text }: Pick<Post, "text">, judge: Judge): AlertReading {
  const said = saidIn(text);
  for (const { source, readPost } of POST_READERS) {
    const facts = readPost(said);
    if (facts !== undefined) return { source, alerts: facts.map((one) => judge(one, source)) };
  }
  const source = sourceOf(said);
  return { source, alerts: [judge({ name: null, status: statusOf(said), severity: severityIn(said), labels: {}, text }, source)] };
}
