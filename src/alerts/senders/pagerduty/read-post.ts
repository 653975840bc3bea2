import type { ReadPost } from "../sender.ts";
import { titledPost } from "../titled-post.ts";

const MOST_LINES = 500;
// `Triggered #1234: HighMemoryUsage ...`, `*Resolved* Incident #1234 ...`, `[#1234] HighMemoryUsage ...`
const TITLE =
  /^[^\w[#]{0,12}(?:(triggered|resolved|acknowledged|escalated|reopened)\b[^\w#[]{0,6})?(?:incident )?\[?#\d{1,9}\]?[^\w[]{0,6}(.{1,500})/i;

/** PagerDuty's posts of incidents. */
export const readPost: ReadPost = ({ asWritten, text }) => {
  const lines = asWritten.split("\n", MOST_LINES);
  const at = lines.findIndex((line) => TITLE.test(line));
  const isPagerDuty =
    text.includes("pagerduty") ||
    (/^\W{0,6}service\W/m.test(text) && /(?:^|\| )\W{0,6}(?:urgency|assigned|escalation policy)\b/m.test(text));
  if (at < 0 || !isPagerDuty) return undefined;
  const [, state, name = ""] = TITLE.exec(lines[at] ?? "") ?? [];
  const isResolved = /^resolved$/i.test(state ?? "") || /^\W{0,6}(?:status\W{0,6})?resolved\b/m.test(text);
  return [titledPost({ name: name.trim(), status: isResolved ? "resolved" : "firing", lines: lines.filter((_, index) => index !== at) })];
};
