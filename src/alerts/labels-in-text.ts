import { comparable } from "./victim-labels.ts";

const MOST_CHARACTERS = 20_000;
const MOST_LABELS = 64;
// What stands in front of a line that says one thing: `- pod = x`, `• *Pod:* `x``, `> pod: x`.
const IN_FRONT = /^[\s>•*_`~·–-]{0,12}/;
// `pod = web-1`, `*Pod:* `web-1``, `Old State: OK`; nothing that is a sentence before the sign.
const LINE = /^([A-Za-z][\w./ -]{0,60}?)["'*_`]{0,3} {0,3}[:=](?!\/\/) {0,3}["'*_`]{0,3} {0,2}["'*_`]{0,3}(.{1,1024})$/;
// `instance="10.0.0.5:6379" service=shop`, several on a line.
const PAIR = /(?<![\w.-])([A-Za-z][\w.]{0,60})=["'`]?([^\s"'`,;|(){}[\]<>]{1,253})/g;

/** What lines of a text say one thing each: `name: value`, `name = value`, and pairs on one line. Names as they are written. */
export function labelsInText(text: string): Readonly<Record<string, string>> {
  const found = new Map<string, string>();
  const keep = (name: string, value: string): void => {
    const key = name.trim();
    if (found.size < MOST_LABELS && value !== "" && key !== "__proto__" && comparable(key) !== "" && !found.has(key)) found.set(key, value);
  };
  for (const line of text.slice(0, MOST_CHARACTERS).split("\n")) {
    const bare = line.slice(0, 1200).replace(IN_FRONT, "");
    const [, name, value] = LINE.exec(bare) ?? [];
    if (name !== undefined && value !== undefined && !PAIRS.test(bare)) keep(name, withoutSigns(value));
    for (const [, label = "", pair = ""] of bare.matchAll(PAIR)) keep(label, pair);
  }
  return Object.fromEntries(found);
}

const PAIRS = /=\S[^=]{0,300} [\w.]{1,60}=/;

function withoutSigns(value: string): string {
  return value
    .trim()
    .replace(/^["'*_`]{1,3}|["'*_`]{1,3}$/g, "")
    .trim();
}
