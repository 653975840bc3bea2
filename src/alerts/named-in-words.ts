import { everyMatch } from "./every-match.ts";
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
// "service `proxy` crashed", "app checkout-2 ran out of memory", "Lambda *thumbnailer* failed".
const CALLED =
  /\b(?:service|application|app|worker|function|lambda|project|task|job|dyno|rds|database) {1,2}(["'`*]{0,3})([a-z][\w.-]{1,100})/gi;
// "service orders on cluster prod": a plain word, where the sentence goes on behind it.
const PLACED = /\b(?:service|application|app|function) ([a-z]\w{1,100}) (?:on|in|at|ran|was|is|has)\b/gi;
// `[ledger-0] java.lang.OutOfMemoryError`, `orders-db: ERROR: out of memory`, `ALERT: cart-2: memory 97%`: in front of a line of a log.
const IN_FRONT = /^\s{0,8}(?:[A-Z]{2,12}: {1,3})?(?:\[([a-z][a-z\d.-]{1,100})\]|([a-z][a-z\d.-]{1,100})(?::| :[a-z_]{1,40}:) )/gm;
// `heroku[worker.2]: `, `heroku/web.1: `
const DYNO = /\bheroku[[/ ]([a-z][\w-]{0,60}\.\d{1,4})\b/g;
// "orders-api keeps getting OOM killed", "cart-2 ran out of memory", "cart-2 is eating memory"
const VICTIM =
  /(?<![\w@/.-])([a-z][\w.-]{1,100}) (?:was|is|got|gets|has been|keeps|ran|runs|is running)(?: (?:getting|being|just|again)){0,2} (?:oom|out of memory|killed|eating|hogging|leaking)/gi;
// "prod-db-1 memory at 98%"
const MEASURED = /(?<![\w@/.-])([a-z][\w.-]{0,100}-\d{1,4}) (?:memory|mem|ram)\b/gi;
// "memory > 95% on cache-eu-3"
const ON = /\bon ["'`*]{0,2}([a-z][\w.-]{1,100})/gi;

/** Words in what an alert says that may name whom it is about, the surer first. Pages that it links to name nobody. */
export function namedInWords(text: string): readonly string[] {
  const head = text.slice(0, MOST_CHARACTERS).replaceAll(PAGE, " ");
  const called = everyMatch(head, CALLED).map(([, quote = "", name = ""]) => (quote !== "" || /[-\d]/.test(name) ? name : ""));
  const placed = firsts(head, PLACED).filter((name) => !/(?:ed|ing)$|^(?:it|that|this|which|now|still)$/i.test(name));
  const others = [IN_FRONT, VICTIM, MEASURED, ON].flatMap((shape) => firsts(head, shape)).filter((name) => /[-\d]/.test(name));
  const names = [...called, ...placed, ...firsts(head, DYNO), ...others, ...firsts(head, DOMAIN)]
    .map((name) => name.replace(/[.-]+$/, ""))
    .filter(mayBeName);
  return [...new Set(names)].slice(0, MOST_NAMES);
}

/** What the first group of each match says that has one. */
function firsts(text: string, shape: RegExp): readonly string[] {
  return everyMatch(text, shape).map(([, ...groups]) => groups.find((group) => group !== undefined) ?? "");
}

function mayBeName(name: string): boolean {
  return name !== "" && !REPORTERS.some((reporter) => name.toLowerCase().includes(reporter));
}
