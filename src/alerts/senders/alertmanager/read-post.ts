import type { AlertFacts } from "../../../domain/alert.ts";
import { SIGNS } from "../../title-marks.ts";
import { isProse } from "../../title-values.ts";
import { alertsBelow, type PostTitle } from "../post-alerts.ts";
import type { ReadPost } from "../sender.ts";

const MOST_LINES = 2000;
// `[FIRING:2] HighMemoryUsage rsr (web-6f9-x2 prod critical)`
const TITLE = new RegExp(String.raw`^${SIGNS}\[(firing|resolved)(?::\d{1,5})?\] {0,3}(.{0,500})`, "i");
const ALERT = /^[^\w]{0,12}alert(?: ?name)?[^\w]{0,6}[:=](?!\/\/)/i;
const BESIDE = /^[^\w]{0,12}(?:severity|description|summary|details|labels|status)[^\w]{0,6}[:=]?/i;

/**
 * Alertmanager's posts: by its default template (a title with values, no text), and by the custom ones that list alerts
 * with their labels, firing and resolved ones.
 */
export const readPost: ReadPost = ({ asWritten }) => {
  const lines = asWritten.split("\n", MOST_LINES);
  const starts = lines.flatMap((line, index) => (TITLE.test(line) ? [index] : []));
  if (starts.length === 0) return isList(lines) ? alertsBelow(UNTITLED, lines) : undefined;
  return starts.flatMap((start, index): readonly AlertFacts[] => {
    const title = titleOf(lines[start] ?? "");
    const before = index === 0 ? lines.slice(0, start) : [];
    return alertsBelow(title, [...before, ...lines.slice(start + 1, starts[index + 1])]);
  });
};

const UNTITLED: PostTitle = { status: "firing", name: null, line: "" };

function isList(lines: readonly string[]): boolean {
  return lines.some((line) => ALERT.test(line)) && lines.some((line) => BESIDE.test(line));
}

// From here on it says how it is just now.
const FIGURES = /^(?:at|is|are|was|has|above|over|below|under|[<>=]{1,2}|\d[\d.]*%?)$/i;

/** "High memory on worker-7". The name else stands first; one of several words goes on with capitals, values of labels do not. */
function isSentence([first = "", ...others]: readonly string[]): boolean {
  return /^[A-Za-z][a-z]{1,30}$/.test(first) && others.some(isProse);
}

export function titleOf(line: string): PostTitle {
  const [, status = "", rest = ""] = TITLE.exec(line) ?? [];
  const words = (rest.split("(")[0] ?? "").trim().split(/ +/);
  const end = isSentence(words)
    ? words.findIndex((word) => FIGURES.test(word))
    : words.findIndex((word, index) => index > 0 && !/^[A-Z]/.test(word));
  const name = words.slice(0, end < 0 ? words.length : end).join(" ");
  return {
    status: status.toLowerCase() === "resolved" ? "resolved" : "firing",
    name: name === "" ? null : name.replace(/[:|]+$/, ""),
    line: line.trim(),
  };
}
