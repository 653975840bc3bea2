import type { AlertFacts, AlertStatus } from "../../../domain/alert.ts";
import { given } from "../../../domain/given.ts";
import { bounded, linkOf } from "../../facts.ts";
import { labelsInText } from "../../labels-in-text.ts";
import { timeInText } from "../../time-in-text.ts";
import { SIGNS } from "../../title-marks.ts";
import { titleOf } from "../alertmanager/read-post.ts";
import { alertsBelow } from "../post-alerts.ts";
import type { ReadPost } from "../sender.ts";

const MOST_LINES = 2000;
const FOOTER = /^grafana(?: v\d[\w.+-]{0,30})?$/i;
const HEADING = /^\*\*(?:firing|resolved)\*\*$/i;
const UNIFIED_TITLE = new RegExp(String.raw`^${SIGNS}\[(?:firing|resolved)(?::\d{1,5})?(?:, ?resolved:\d{1,5})?\]`, "i");
// `[Alerting] Container Restarts`
const LEGACY_TITLE = new RegExp(String.raw`^${SIGNS}\[(alerting|ok|no data|pending|paused)\] {0,3}(.{1,500})`, "i");

/** Grafana's posts: unified ones with their labels listed, and legacy ones with a message and what was measured. */
export const readPost: ReadPost = ({ asWritten }) => {
  const lines = asWritten.split("\n", MOST_LINES).filter((line) => line.trim() !== "");
  const isGrafanas = lines.some((line) => FOOTER.test(line.trim()) || HEADING.test(line.trim()));
  const legacy = lines.findIndex((line) => LEGACY_TITLE.test(line));
  if (legacy >= 0) return readLegacy(lines.slice(legacy));
  const title = lines.findIndex((line) => UNIFIED_TITLE.test(line));
  if (!isGrafanas || title < 0) return undefined;
  const body = lines.slice(title + 1).filter((line) => !FOOTER.test(line.trim()));
  return alertsBelow(titleOf(lines[title] ?? ""), [...lines.slice(0, title), ...body]);
};

const STATUS_OF: Readonly<Record<string, AlertStatus>> = { ok: "resolved", paused: "resolved" };

function readLegacy([first = "", ...rest]: readonly string[]): readonly AlertFacts[] {
  const [, state = "", name = ""] = LEGACY_TITLE.exec(first) ?? [];
  const body = rest.filter((line) => !FOOTER.test(line.trim()));
  const text = body.join("\n");
  return [
    bounded({
      name: name.trim(),
      status: STATUS_OF[state.toLowerCase()] ?? "firing",
      severity: null,
      labels: { ...labelsInText(text), ...(/^no data$/i.test(state) ? { state } : {}) },
      text: [name.trim(), text].join("\n"),
      ...given({
        startsAtMs: timeInText(text),
        link: body.map((line) => linkOf(/https?:\/\/\S{1,2000}/.exec(line)?.[0])).find((one) => one !== undefined),
      }),
    }),
  ];
}
