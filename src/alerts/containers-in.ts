import { containerIdsIn } from "../domain/kernel-oom/cgroup-path.ts";
import { everyMatch } from "./every-match.ts";
import { CONTAINER_LABELS, NO_CONTAINERS } from "./name-words.ts";
import { labelSearch, titleWords } from "./names-in.ts";
import { isStopWord } from "./places-in-text.ts";

// Names stand near the top; the rest of a long post is log.
const MOST_CHARACTERS = 20_000;
const MOST_NAMES = 20;

/** Words that may name a container of Docker's, the likelier first: labels, then what is said, then the title's words. */
export function containersIn(text: string): readonly string[] {
  const head = text.slice(0, MOST_CHARACTERS);
  const said = SAID_NAMES.flatMap((shape) => everyMatch(head, shape).map(([, name = ""]) => name));
  const words = [...containerLabels(head).map(asContainer), ...said, ...titleWords(head).filter((word) => !isStopWord(word))];
  return [...new Set(words.map((word) => word.replace(/^[-.:_]+|[-.:_]+$/g, "")))].filter(mayBeContainer).slice(0, MOST_NAMES);
}

const containerLabels = labelSearch(CONTAINER_LABELS);

const NAME = "[a-z0-9][\\w.-]{1,127}";
// `docker/kong`, "container `kong` was", "`kong` container", "container kong was": the surest first.
const SAID_NAMES = [
  new RegExp(`\\bdocker/(${NAME})`, "gi"),
  // Netdata's charts: `cgroup_billing-api.mem_usage`.
  /\bcgroup_([a-z0-9][\w-]{1,100})\.mem/gi,
  new RegExp(`\\bcontainer:? {1,2}["'\`*]{1,3}(${NAME})["'\`*]`, "gi"),
  new RegExp(`["'\`*](${NAME})["'\`*]{1,3} container\\b`, "gi"),
  new RegExp(`\\b(?:container|contenedor|conteneur|contêiner|contenitore) (${NAME})`, "gi"),
  new RegExp(`(?<![\\w.-])(${NAME}) (?:container )?(?:was )?oom[ -]?killed`, "gi"),
];

function mayBeContainer(name: string): boolean {
  const lower = name.toLowerCase();
  return lower.length >= 2 && !/^\d{1,5}(?:\.\d+)?(?:%|[kmgt]i?b)?$/.test(lower) && !NO_CONTAINERS.some((none) => none === lower);
}

/** cAdvisor's `id` is the path of a cgroup: `/docker/<64 digits>`, `/system.slice/docker-<64 digits>.scope`. */
function asContainer(value: string): string {
  return value.includes("/") ? (containerIdsIn(value).at(-1) ?? value) : value;
}
