import type { AlertSubject } from "../domain/alert.ts";
import { containerIdsIn } from "../domain/kernel-oom/cgroup-path.ts";
import {
  CONTAINER_LABELS,
  HOST_LABELS,
  KUBERNETES,
  NAME_OF_CONTAINER,
  NAME_OF_TROUBLE,
  NO_CONTAINERS,
  PART_OF_TROUBLE,
  SENTENCE_REACH,
  TROUBLE_IN_WORDS,
} from "./container-rules.ts";
import { labelSearch, titleWords } from "./names-in.ts";
import { has, namesTrouble, wordsIn, type Said } from "./said.ts";

// Names stand near the top; the rest of a long post is log.
const MOST_CHARACTERS = 20_000;
const MOST_NAMES = 20;
const MOST_HOSTS = 3;

/** A container that is named and was killed for want of memory, or is close to its limit. Without a name it is nobody's. */
export function readContainerWords(said: Said): { readonly subject: AlertSubject; readonly killed: boolean } | undefined {
  if (KUBERNETES.test(said.text) || !isAboutContainerMemory(said)) return undefined;
  const names = containersIn(said.asWritten.slice(0, MOST_CHARACTERS));
  if (names.length === 0) return undefined;
  const hosts = hostLabels(said.asWritten.slice(0, MOST_CHARACTERS))
    .map((host) => host.replace(/:\d{1,5}$/, ""))
    .slice(0, MOST_HOSTS);
  return { subject: { about: "container", names, hosts }, killed: /\boom|out of memory/.test(said.text) };
}

function isAboutContainerMemory(said: Said): boolean {
  const trouble = { anywhere: NAME_OF_TROUBLE, asPart: [PART_OF_TROUBLE] };
  if (wordsIn(said).some((word) => namesTrouble(word, NAME_OF_CONTAINER, trouble))) return true;
  return said.text.split("\n").some(isSentence);
}

function isSentence(line: string): boolean {
  for (const match of line.matchAll(CONTAINER_WORD)) {
    const around = line.slice(Math.max(0, match.index - SENTENCE_REACH), match.index + SENTENCE_REACH);
    if (has(around, TROUBLE_IN_WORDS)) return true;
  }
  return false;
}

const CONTAINER_WORD = /\b(?:container|docker)\b(?![-_ ]exporter)/g;

const containerLabels = labelSearch(CONTAINER_LABELS);
const hostLabels = labelSearch(HOST_LABELS);

const NAME = "[a-z0-9][\\w.-]{1,127}";
// `docker/kong`, "container `kong` was", "`kong` container", "container kong was": the surest first.
const SAID_NAMES = [
  new RegExp(`\\bdocker/(${NAME})`, "gi"),
  new RegExp(`\\bcontainer:? {1,2}["'\`*]{1,3}(${NAME})["'\`*]`, "gi"),
  new RegExp(`["'\`*](${NAME})["'\`*]{1,3} container\\b`, "gi"),
  new RegExp(`\\bcontainer (${NAME})`, "gi"),
  new RegExp(`(?<![\\w.-])(${NAME}) (?:container )?(?:was )?oom[ -]?killed`, "gi"),
];

function containersIn(text: string): readonly string[] {
  const said = SAID_NAMES.flatMap((shape) => Array.from(text.matchAll(shape), ([, name = ""]) => name));
  const words = [...containerLabels(text).map(asContainer), ...said, ...titleWords(text)];
  return [...new Set(words.map((word) => word.replace(/^[-.:_]+|[-.:_]+$/g, "")))].filter(mayBeContainer).slice(0, MOST_NAMES);
}

function mayBeContainer(name: string): boolean {
  const lower = name.toLowerCase();
  return lower.length >= 2 && !/^\d{1,5}(?:\.\d+)?%?$/.test(lower) && !NO_CONTAINERS.some((none) => none === lower);
}

/** cAdvisor's `id` is the path of a cgroup: `/docker/<64 digits>`, `/system.slice/docker-<64 digits>.scope`. */
function asContainer(value: string): string {
  return value.includes("/") ? (containerIdsIn(value).at(-1) ?? value) : value;
}
