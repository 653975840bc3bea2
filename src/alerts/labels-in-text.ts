import { everyMatch } from "./every-match.ts";
import { comparable } from "./victim-labels.ts";

const MOST_CHARACTERS = 20_000;
const MOST_LABELS = 64;
// What stands in front of a line that says one thing: `- pod = x`, `• *Pod:* `x``, `> pod: x`.
const IN_FRONT = /^[\s>•*_`~·–-]{0,12}/;
// `pod = web-1`, `*Pod:* `web-1``, `Old State: OK`; nothing that is a sentence before the sign, and none whose first colon is a time's: `Jun 11 14:22:20`, `Problem started at 03:12:44`.
const LINE =
  /^(?![^:=]{0,60}[ T]\d{1,2}:\d\d(?!\d))([A-Za-z][\w./ -]{0,60}?)["'*_`]{0,3} {0,3}[:=](?!\/\/) {0,3}["'*_`]{0,3} {0,2}["'*_`]{0,3}(.{1,1024})$/;
// `*Namespace:* \`media\` *Pod:* \`web-1\``, `HOST: mail2   SERVICE: memory`, `Service: shop | Urgency: High`: several in words on a line.
const SEVERAL = /\s(?:\| {1,3})?(?=\*[A-Za-z][\w ]{0,30}(?::\*|\*:))|\s\| {1,3}(?=[A-Za-z][\w ]{0,30}: )|\s{3,}(?=\*?[A-Z][\w ]{0,30}: )/;
// `• *pod* web-1`: a name in bold, and one word.
const LISTED = /^\s{0,8}[•*·-] \*([A-Za-z][\w.]{0,60})\* {1,3}`?([^\s`]{1,253})`?$/;
// `*Namespace:*`, `Pod:`, `*Metric Name*` alone: what it says stands on the next line, as in the fields of Slack's blocks.
// So has Dynatrace the kind of what it tells of.
const NAME_ALONE = /^(?:\*([A-Za-z][\w ]{0,30}?):?\*:?|([A-Za-z][\w ]{0,30}?):|(Host))$/;
// `instance="10.0.0.5:6379" service=shop`, several on a line.
const PAIR = /(?<![\w.-])([A-Za-z][\w.]{0,60})=["'`]?([^\s"'`,;|(){}[\]<>]{1,253})/g;

/** What lines of a text say one thing each: `name: value`, `name = value`, and pairs on one line. Names as they are written. */
export function labelsInText(text: string): Readonly<Record<string, string>> {
  const found = new Map<string, string>();
  const keep = (name: string, value: string): void => {
    const key = name.trim();
    if (found.size < MOST_LABELS && value !== "" && key !== "__proto__" && comparable(key) !== "" && !found.has(key)) found.set(key, value);
  };
  for (const line of oneEach(text.slice(0, MOST_CHARACTERS))) {
    const bare = line.slice(0, 1200).replace(IN_FRONT, "");
    const hasPairs = bare.includes("=");
    const [, name, value] = (hasPairs || bare.includes(":") ? LINE.exec(bare) : null) ?? LISTED.exec(line) ?? [];
    if (name !== undefined && value !== undefined && !(hasPairs && PAIRS.test(bare))) keep(name, withoutSigns(value));
    if (!hasPairs) continue;
    for (const [, label = "", pair = ""] of everyMatch(bare, PAIR)) keep(label, pair);
  }
  return Object.fromEntries(found);
}

/** A line for each thing that is said. */
function oneEach(text: string): readonly string[] {
  const lines = text.split("\n").flatMap((line) => line.slice(0, 2400).split(SEVERAL));
  return lines.map((line, index) => {
    const [, bold, plain, kind] = NAME_ALONE.exec(line.trim()) ?? [];
    const next = (lines[index + 1] ?? "").trim();
    const name = bold ?? plain ?? kind;
    return name === undefined || next === "" || NAME_ALONE.test(next) || IN_A_LIST.test(next) ? line : `${name}: ${next}`;
  });
}

// Below a heading (`Labels:`) stands a list.
const IN_A_LIST = /^[-•*·>]\s|^[A-Za-z][\w.]{0,60} ?[=:] ?\S/;

const PAIRS = /=\S[^=]{0,300} [\w.]{1,60}=/;

function withoutSigns(value: string): string {
  return value
    .trim()
    .replace(/^["'*_`]{1,3}|["'*_`]{1,3}$/g, "")
    .trim();
}
