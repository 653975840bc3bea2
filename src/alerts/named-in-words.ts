import { everyMatch } from "./every-match.ts";
import { REPORTERS } from "./name-words.ts";
import { isStopWord } from "./places-in-text.ts";

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
  /\b(?:service|application|app|worker|function|lambda|project|task|job|dyno|rds|database|cloud run(?! service)) {1,2}(["'`*]{0,3})([a-z][\w.-]{1,100})/gi;
// "service orders on cluster prod": a plain word, where the sentence goes on behind it.
const PLACED = /\b(?:service|application|app|function) ([a-z]\w{1,100}) (?:on|in|at|ran|was|is|has)\b/gi;
// `[ledger-0] java.lang.OutOfMemoryError`, `orders-db: ERROR: out of memory`, `ALERT: cart-2: memory 97%`, `ERROR [ledger-0] ...`: in front of a line of a log.
const IN_FRONT = /^\s{0,8}(?:[A-Z]{2,12}:? {1,3})?(?:\[([a-z][a-z\d.-]{1,100})\]|([a-z][a-z\d.-]{1,100})(?::| :[a-z_]{1,40}:) )/gm;
// `heroku[worker.2]: `, `heroku/web.1: `
const DYNO = /\bheroku[[/ ]([a-z][\w-]{0,60}\.\d{1,4})\b/g;
// "orders-api keeps getting OOM killed", "cart-2 ran out of memory", "cart-2 is eating memory"
const VICTIM =
  /(?<![\w@/.-])([a-z][\w.-]{1,100}) (?:was|is|got|gets|has been|keeps|ran|runs|is running)(?: (?:getting|being|just|again)){0,2} (?:oom|out of memory|killed|eating|hogging|leaking)/gi;
// "prod-db-1 memory at 98%", "cart-2 is at 98% of its memory"
const MEASURED =
  /(?<![\w@/.-])(?:([a-z][\w.-]{0,100}-\d{1,4}) (?:memory|mem|ram)\b|([a-z][\w.-]{1,100}) (?:is at|is using|uses|has used) \d{1,3}(?:\.\d{1,3})? ?% of its memory\b)/gi;
// "memory > 95% on cache-eu-3", "Arbeitsspeicher von cache-eu-3", "cache-eu-3 のメモリ"; shorter words are English ones too: "memoria agotada en cache-eu-3"
const ON =
  /(?<![\p{L}\p{N}_-])(?:(?:on|auf|von|bei|sur|на) ["'`*]{0,2}([a-z][\w.-]{1,100})|(?:in|en|em|no|na|su|sul|op|w|på|в) ["'`*]{0,2}(?!p\d)((?=[\w.-]{0,60}-[\w.-]{0,60}\d)[a-z][\w.-]{1,100}))/giu;
const BEFORE_MEMORY = /(?<![\w@/.-])([a-z][\w.-]{1,100}) ?(?:の ?メモリ|的 ?内存|的 ?記憶體|의 ?메모리)/giu;
// "memory of borealis is above 92%", "borealis memory usage is at 97%": a plain word, where the sentence goes on to the figure.
const PLAIN =
  /\b(?:memory|mem|ram)(?: usage| utili[sz]ation| use)? (?:of|on) ["'`*]{0,2}([a-z]\w{2,100})["'`*]{0,2} (?:is|was|at|has|above|over|high|low|reached)\b|(?<![\w@/.-])(?<!(?:redis|valkey) )([a-z]\w{2,100}) (?:memory|ram) (?:usage|utili[sz]ation)(?: is| was)?(?: at| above| over|:)? {0,2}\d/gi;
// "*web* crashed", "`web` was killed": what is marked as a name.
const MARKED = /["'`*]([a-z][\w.-]{1,100})["'`*]{1,2} (?:crashed|died|exited|was (?:killed|terminated)|ran out|has run out)\b/gi;

/** Words in what an alert says that may name whom it is about, the surer first. Pages that it links to name nobody. */
export function namedInWords(text: string): readonly string[] {
  const head = text.slice(0, MOST_CHARACTERS).replaceAll(PAGE, " ");
  const called = everyMatch(head, CALLED).map(([, quote = "", name = ""]) => (quote !== "" || /[-\d]/.test(name) ? name : ""));
  const placed = firsts(head, PLACED).filter((name) => !/(?:ed|ing)$|^(?:it|that|this|which|now|still)$/i.test(name));
  const plain = [PLAIN, MARKED].flatMap((shape) => firsts(head, shape)).filter((name) => !isStopWord(name) && !NO_PLAIN_NAME.test(name));
  const others = [IN_FRONT, VICTIM, MEASURED, ON]
    .flatMap((shape) => firsts(head, shape))
    .filter((name) => /[-\d]/.test(name) && !A_THREAD.test(name));
  const names = [...called, ...placed, ...plain, ...firsts(head, BEFORE_MEMORY), ...firsts(head, DYNO), ...others, ...firsts(head, DOMAIN)]
    .map((name) => name.replace(/[.-]+$/, ""))
    .filter(mayBeName);
  return [...new Set(names)].slice(0, MOST_NAMES);
}

// What a log has in brackets as well: `ERROR [http-nio-8080-exec-3] ...`.
const A_THREAD = /thread|^(?:pool|scheduling|http-nio|task)-|-exec-\d|dispatcher/i;
// What memory is of, and nobody's name.
const NO_PLAIN_NAME =
  /^(?:physical|virtual|available|total|current|process|system|server|machine|jvm|swap|gpu|service|cluster|linux|windows|app|application|instance|database|redis|valkey|max\w*|average|peak|real|main|most|free|too|cgroup|workload|deployment|java|kernel)$/i;

/** What the first group of each match says that has one. */
function firsts(text: string, shape: RegExp): readonly string[] {
  return everyMatch(text, shape).map(([, ...groups]) => groups.find((group) => group !== undefined) ?? "");
}

function mayBeName(name: string): boolean {
  return name !== "" && !REPORTERS.some((reporter) => name.toLowerCase().includes(reporter));
}
