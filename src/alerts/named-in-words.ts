import { REPORTERS } from "./name-words.ts";

/*
 * Names that sentences have without a label in front: of machines by their domain name, of services in quotes.
 */

// Names stand near the top; the rest of a long post is log.
const MOST_CHARACTERS = 20_000;
const MOST_NAMES = 8;

const PAGE = /\bhttps?:\/\/\S+/gi;
// `cache-1.example.com`, `ip-10-1-2-3.ec2.internal`: the first part has a digit or a hyphen, which packages and files do not have.
const DOMAIN = /(?<![\w@/.-])(?=[a-z]*[\d-])([a-z][a-z\d-]{0,62}(?:\.[a-z\d-]{1,63}){1,8}\.[a-z]{2,24})(?![\w-]|\.\w)/g;
// "service `proxy` crashed", "app checkout-2 ran out of memory", `worker-3 cannot write`.
const CALLED = /\b(?:service|application|app|worker|function|project) {1,2}(["'`*]{0,3})([a-z][\w.-]{1,100})/gi;
// `[ledger-0] java.lang.OutOfMemoryError`: in front of a line of a log.
const IN_FRONT = /^\s{0,8}\[([a-z][a-z\d.-]{1,100})\]/gm;

/** Words in what an alert says that may name whom it is about, the surer first. Pages that it links to name nobody. */
export function namedInWords(text: string): readonly string[] {
  const head = text.slice(0, MOST_CHARACTERS).replaceAll(PAGE, " ");
  const called = Array.from(head.matchAll(CALLED), ([, quote = "", name = ""]) => (quote !== "" || /[-\d]/.test(name) ? name : ""));
  const inFront = Array.from(head.matchAll(IN_FRONT), ([, name = ""]) => (/[-\d]/.test(name) ? name : ""));
  const domains = Array.from(head.matchAll(DOMAIN), ([, name = ""]) => name);
  const names = [...called, ...inFront, ...domains].map((name) => name.replace(/[.-]+$/, "")).filter(mayBeName);
  return [...new Set(names)].slice(0, MOST_NAMES);
}

function mayBeName(name: string): boolean {
  return name !== "" && !REPORTERS.some((reporter) => name.toLowerCase().includes(reporter));
}
