import type { AlertFacts } from "../domain/alert.ts";
import { severityOf } from "./facts.ts";
import { SIGNS } from "./title-marks.ts";

const MOST_CHARACTERS = 600;
const MOST_WORDS = 4;
const STATE =
  "alert|alarm|alerting|firing|fired|triggered|problem|critical|crit|warning|resolved|recovered|closed|prtg|dynatrace|p[1-5]|sev-?[1-5]";
// `ALERT: `, `[P1] `, `*FIRING* - `, `Fired:Sev2 Azure Monitor Alert `, `Dynatrace: Problem P-2211 OPEN: `: once or several times.
const BEGINS = new RegExp(
  String.raw`^${SIGNS}(?:\[(${STATE})\][*\`_: ]{0,4}|(${STATE})[*\`_]{0,3}(?::| [-\u2013])[*\`_]{0,3} {1,3}|(?:problem|incident) [\w-]{1,20} (open|resolved|closed): |(fired|resolved):(?=sev[0-4] )|(sev[0-4]) (?=azure )|(?:problem|incident) (?=[\w-]{0,19}\d)[\w-]{1,20}(:) )`,
  "i",
);
// `prod-db-1 memory usage 98%`, and no word more.
const MEASURED =
  /^([a-z][\w.]{0,60}(?:-[\w.]{1,60}){1,6}) (?:memory|mem|ram)(?: usage| utilization| used)?:? \d{1,3}(?:\.\d{1,3})?%(?: used)?[.!]?$/i;
// `memory 98%`, `RAM is at 100%`, and no word more: nearly all of it, and nobody's.
const SHARE_ALONE =
  /^(?:memory|mem|ram)(?: usage| utilization| used)?(?: is)?(?: at|:)? (?:[89]\d|100)(?:\.\d{1,3})? ?%(?: used)?[.! ]{0,5}(?::[\w+-]{1,40}:)?$/i;
// Who speaks to others is a person.
const TALK =
  /\?|\b(?:i|i'm|i've|we|we're|you|your|my|our|let's|should|please|anyone|anybody|someone|guys|lol|thanks|yesterday|tomorrow)\b/i;
// It speaks of memory by that word, not by somebody's name (`in-memory-db-2`), and of nothing else.
const MEMORY = /(?<![\w-])(?:memory|mem|ram|rss|swap|oom)(?![\w-])|[a-z]Memory|memory_|_memory/i;
const OTHER_THING =
  /\b(?:disks?|cpu|latency|inodes?|certificate|bandwidth|lag|backups?|queue|gpu|vram|costs?|budget|deploy\w{0,6}|releases?|tests?|tickets?)\b/i;
// What people begin a sentence with as well, and programs write in capitals.
const SPOKEN = /^(?:warning|problem|critical|crit|closed)$/i;
// What is measured differs from one time to the next, and the name does not.
const FIGURE =
  /[\s(:,>=<-]{0,4}(?:\b(?:at|is|was|above|below|over|under|to|down|up)\b[\s:]{0,3}){0,3}[><=]{0,2} ?(?<![\w.-])\d[\d.,]{0,15} ?(?:%|[kmgt]i?b?\b).*$/i;

// What programs write as well ("please check your dashboard") is not enough.
const SURELY_TALK =
  /\w\s?\?+(?:\s|$)|\b(?:i|i'm|i've|we|we're|we've|our|let's|anyone|anybody|someone|guys|lol|thanks|yesterday|tomorrow)\b/i;

/** Is it a question, or what people say to each other? */
export function speaksToOthers(text: string): boolean {
  return SURELY_TALK.test(text.slice(0, MOST_CHARACTERS));
}

type PlainAlarm = Pick<AlertFacts, "name" | "status" | "severity">;

/** A program's alarm in plain words that says so in front, or that is no more than a name and a share. Undefined: it is none. */
export function plainAlarm(text: string): PlainAlarm | undefined {
  const [first = ""] = text.trim().split("\n", 1);
  if (text.length > MOST_CHARACTERS || TALK.test(text) || OTHER_THING.test(first) || !MEMORY.test(first)) return undefined;
  const { words, rest } = begunWith(first);
  if (words.length === 0 && !MEASURED.test(first) && !SHARE_ALONE.test(first)) return undefined;
  const name = rest.replaceAll(/[*`~]/g, "").replace(FIGURE, "").trim();
  // `PRTG: Sensor Memory on SRV-1 Up: 45 %`
  const isUp = words.includes("prtg") && /\bup\b ?[:(]/i.test(rest);
  const isOver = isUp || words.some((word) => /^(?:resolved|recovered|closed)$/.test(word));
  // "ALERT" says that it is one, not how bad it is.
  const severity = words
    .map((word) => (/^al(?:ert|arm)/.test(word) ? null : severityOf(word.replace("-", ""))))
    .find((one) => one !== null);
  return name === "" ? undefined : { name, status: isOver ? "resolved" : "firing", severity: severity ?? null };
}

/** The words that say what it is, in small letters, and what stands behind them. */
function begunWith(line: string): { readonly words: readonly string[]; readonly rest: string } {
  const words: string[] = [];
  let rest = line;
  for (let begun = BEGINS.exec(rest); begun !== null && words.length < MOST_WORDS; begun = BEGINS.exec(rest)) {
    const [all, inBrackets, plain, state, azures, level, numbered] = begun;
    if (plain !== undefined && SPOKEN.test(plain) && plain !== plain.toUpperCase()) break;
    words.push((inBrackets ?? plain ?? state ?? azures ?? level ?? numbered ?? "").toLowerCase());
    rest = rest.slice(all.length);
  }
  return { words, rest };
}
