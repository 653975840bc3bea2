import type { ReadPost } from "../sender.ts";
import { titledPost } from "../titled-post.ts";
import { tagsIn } from "../words.ts";
import { given } from "../../../domain/given.ts";
import { metricSaid } from "./metric.ts";
import { severityOfMonitor } from "./priority.ts";

const MOST_LINES = 500;
// `Triggered: [Memory is high on web-1]`, `[P1] [Triggered on {host:web-1}] Memory is high`, `Recovered: ...`, `Re-Triggered: ...`
const TITLE =
  /^[^\w[]{0,12}(?:\[(P[1-5])\] {0,3})?(\[?)(triggered|re-triggered|warn|no data|alert|recovered|renotify)\b(?: on)? {0,2}(?:\{([^}\n]{0,1000})\})?(\]?):? {0,3}(?:\[(P[1-5])\] {0,3})?\[?(.{1,500})/i;
// `... on kube_namespace:shop,pod_name:web-1`
const ON_TAGS = / on ([a-z_][\w./-]{0,59}:(?!\d{1,5}\b)[^\s{}\]]{1,1000})\]?$/i;
const TAGS = /\{([\w./-]{1,60}:[^}\n]{1,1000})\}/g;

/** Datadog's posts of monitors. */
export const readPost: ReadPost = ({ asWritten, text }) => {
  const lines = asWritten.split("\n", MOST_LINES);
  const at = lines.findIndex((line) => TITLE.test(line));
  const [, before, opened, state = "", scope = "", closed, behind, rest = ""] = TITLE.exec(lines[at] ?? "") ?? [];
  const isMarked =
    (opened === "[" && closed === "]") ||
    /^[^\w[]{0,12}(?:triggered|re-triggered|recovered|warn|no data)(?: on \{[^}\n]{1,1000}\})?: /i.test(lines[at] ?? "");
  if (
    at < 0 ||
    !isMarked ||
    (!text.includes("datadog") && !/^[^\w[]{0,12}(?:\[p\d\] )?\[?(?:re-)?(?:triggered|recovered|warn)/i.test(lines[at] ?? ""))
  )
    return undefined;
  const tags = [
    scope,
    ON_TAGS.exec(rest.trim())?.[1] ?? "",
    ...Array.from(asWritten.slice(0, 20_000).matchAll(TAGS), ([, inside = ""]) => inside),
  ]
    .join(",")
    .split(",");
  const name = rest.trim().replace(/\]$/, "");
  const isRecovered = state.toLowerCase() === "recovered";
  const isWarning = /^warn$/i.test(state);
  return [
    titledPost({
      name,
      status: isRecovered ? "resolved" : "firing",
      severity: severityOfMonitor(before ?? behind, isWarning) ?? (isWarning ? "warning" : null),
      lines: lines.filter((_, index) => index !== at),
      labels: { ...tagsIn(tags), ...(/^no data$/i.test(state) ? { state } : {}) },
      ...given({ metric: metricSaid(asWritten) }),
    }),
  ];
};
