import { given } from "../../../domain/given.ts";
import type { ReadPost } from "../sender.ts";
import { titledPost } from "../titled-post.ts";

const MOST_LINES = 500;
// `BACKEND-1A via Send a notification for new issues`
const FOOTER = /^[A-Z][A-Z0-9-]{0,60}-[0-9A-Z]{1,8}(?: via | \| |$)/;
// `Project: backend    Alert: errors    Short ID: BACKEND-1A`
const SHORT_ID = /\bshort id: {0,2}[A-Z][A-Z0-9-]{0,60}-[0-9A-Z]{1,8}\b/i;
// What was thrown, as its webhook says by itself: `KeyError: 'memory_limit'`.
const EXCEPTION = /^([\w.]{1,100}(?:Error|Exception))(?::|$)/;
const RESOLVED = /\b(?:marked this issue as resolved|was resolved|status\W{0,6}resolved|resolved by)\b/i;

/** Sentry's posts of issues: a title that is the error, what was said with it, and the project's short name of it. */
export const readPost: ReadPost = ({ asWritten, text }) => {
  const lines = asWritten.split("\n", MOST_LINES).filter((line) => line.trim() !== "");
  if (!text.includes("sentry") && !lines.some((line) => FOOTER.test(line.trim()) || SHORT_ID.test(line))) return undefined;
  const [first = "", ...rest] = lines.filter((line) => !/^\W{0,6}(?:sentry|new issue|new alert)\b.{0,20}$/i.test(line));
  if (first === "") return undefined;
  const name = first.replaceAll(/^(?::\w{1,40}:|[^\w[]){0,6}|\*+$/g, "").trim();
  const labels = given({ exception: EXCEPTION.exec(name)?.[1] });
  return [titledPost({ name, labels, status: RESOLVED.test(asWritten) ? "resolved" : "firing", lines: rest })];
};
