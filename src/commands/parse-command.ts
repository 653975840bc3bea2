import { LOOK_BACK_EXPECTED, parseLookBack } from "../domain/look-back.ts";
import { cleanText, wordsOf } from "./clean-text.ts";
import { nearest } from "../domain/nearest.ts";
import { readMuteWords, readSnoozeWords, type SilenceAsked } from "./silence-words.ts";
import { readTopWords, type TopAsked } from "./top-words.ts";
import { readTyped } from "./typed-target.ts";

/** What was typed after `/oom` or `@Oomph`, understood. Targets and ids are still as typed: they are looked up later. */
export type Command =
  | { readonly kind: "help" }
  | { readonly kind: "investigate"; readonly target: string; readonly sinceMs?: number }
  | ({ readonly kind: "top" } & TopAsked)
  | { readonly kind: "trend"; readonly target: string }
  | { readonly kind: "incidents"; readonly which: "open" | "all" }
  | { readonly kind: "show"; readonly id: string }
  | ({ readonly kind: "snooze" | "mute" } & SilenceAsked)
  | { readonly kind: "silences" }
  | { readonly kind: "unmute"; readonly id: string }
  | { readonly kind: "run"; readonly action: string; readonly target: string; readonly params: Readonly<Record<string, string>> }
  | { readonly kind: "approvals" }
  | { readonly kind: "locks" }
  | { readonly kind: "unlock"; readonly target: string }
  | { readonly kind: "freeze"; readonly turn: "on" | "off" | "ask"; readonly reason?: string }
  | { readonly kind: "runbooks"; readonly id?: string }
  | { readonly kind: "audit"; readonly id?: string }
  | { readonly kind: "whoami" };

export type CommandKind = Command["kind"];

/** `because`: what was expected and what came; `todo`: what to type instead. */
export type Wrong = { readonly kind: "wrong"; readonly because: string; readonly todo: string };
export type Parsed = { readonly kind: "command"; readonly command: Command } | Wrong;

/** How each command is typed. */
export const USAGE: Readonly<Record<CommandKind, string>> = {
  help: "/oom help",
  investigate: "/oom investigate <target> [--since 30m]",
  top: "/oom top [containers|pods] [part of a name]",
  trend: "/oom trend <target>",
  incidents: "/oom incidents [open|all]",
  show: "/oom show <id>",
  snooze: "/oom snooze <target|inc_id|stm_id> 30m [reason]",
  mute: "/oom mute <target|label=value|problem|#channel> [for 2d|until resolved] [with kills] [reason]",
  silences: "/oom silences",
  unmute: "/oom unmute <id>",
  run: "/oom run <action> <target> [--param value]",
  approvals: "/oom approvals",
  locks: "/oom locks",
  unlock: "/oom unlock <target>",
  freeze: "/oom freeze [on|off] [reason]",
  runbooks: "/oom runbooks [id]",
  audit: "/oom audit [id]",
  whoami: "/oom whoami",
};

/** Reads a command, forgiving what phones and Slack do to text. Pure, and linear in the length of the text. */
export function parseCommand(text: string): Parsed {
  const words = wordsOf(cleanText(text));
  const [verb, ...rest] = words[0]?.toLowerCase() === "/oom" ? words.slice(1) : words;
  if (verb === undefined) return understood({ kind: "help" });
  const kind = KINDS.find((name) => name === verb.toLowerCase());
  return kind === undefined ? unknownVerb(verb, rest) : READERS[kind](rest);
}

type Reader = (words: readonly string[]) => Parsed;

const READERS: Readonly<Record<CommandKind, Reader>> = {
  help: () => understood({ kind: "help" }),
  investigate: readInvestigate,
  top: readTop,
  trend: (words) => withOne("trend", words, (target) => ({ kind: "trend", target })),
  incidents: readIncidents,
  show: (words) => withOne("show", words, (id) => ({ kind: "show", id })),
  snooze: (words) => silenced("snooze", readSnoozeWords(words)),
  mute: (words) => silenced("mute", readMuteWords(words)),
  silences: (words) => withNone("silences", words, { kind: "silences" }),
  unmute: (words) => withOne("unmute", words, (id) => ({ kind: "unmute", id })),
  run: readRun,
  approvals: (words) => withNone("approvals", words, { kind: "approvals" }),
  locks: (words) => withNone("locks", words, { kind: "locks" }),
  unlock: (words) => withOne("unlock", words, (target) => ({ kind: "unlock", target })),
  freeze: readFreeze,
  runbooks: (words) =>
    words.length === 0 ? understood({ kind: "runbooks" }) : withOne("runbooks", words, (id) => ({ kind: "runbooks", id })),
  audit: (words) => (words.length === 0 ? understood({ kind: "audit" }) : withOne("audit", words, (id) => ({ kind: "audit", id }))),
  whoami: (words) => withNone("whoami", words, { kind: "whoami" }),
};

const KINDS = [
  "help",
  "investigate",
  "top",
  "trend",
  "incidents",
  "show",
  "snooze",
  "mute",
  "silences",
  "unmute",
  "run",
  "approvals",
  "locks",
  "unlock",
  "freeze",
  "runbooks",
  "audit",
  "whoami",
] as const satisfies readonly CommandKind[];

function readInvestigate(words: readonly string[]): Parsed {
  const { names, flags, broken } = flagsOf(words);
  if (broken !== undefined) return wrong("investigate", broken);
  const strange = Object.keys(flags).find((name) => name.toLowerCase() !== "since");
  if (strange !== undefined) return wrong("investigate", `there is no \`--${strange}\` here, only \`--since\``);
  const target = names[0];
  if (target === undefined) return wrong("investigate", "expected a target, got none");
  if (names.length > 1) return wrong("investigate", `expected one target, got ${names.length}: ${names.slice(0, 4).join(" ")}`);
  const since = Object.values(flags)[0];
  if (since === undefined) return understood({ kind: "investigate", target });
  const sinceMs = parseLookBack(since);
  if (sinceMs === undefined) return wrong("investigate", `expected after \`--since\` ${LOOK_BACK_EXPECTED}, got "${since.slice(0, 40)}"`);
  return understood({ kind: "investigate", target, sinceMs });
}

function readTop(words: readonly string[]): Parsed {
  const asked = readTopWords(words);
  return typeof asked === "string" ? wrong("top", asked) : understood({ kind: "top", ...asked });
}

function silenced(kind: "snooze" | "mute", asked: SilenceAsked | string): Parsed {
  return typeof asked === "string" ? wrong(kind, asked) : understood({ kind, ...asked });
}

function readIncidents(words: readonly string[]): Parsed {
  const which = (words[0] ?? "open").toLowerCase();
  if (words.length > 1 || (which !== "open" && which !== "all"))
    return wrong("incidents", `expected \`open\` or \`all\`, got "${words.join(" ").slice(0, 40)}"`);
  return understood({ kind: "incidents", which });
}

function readRun(words: readonly string[]): Parsed {
  const { names, flags, broken } = flagsOf(words);
  if (broken !== undefined) return wrong("run", broken);
  const [action, target, ...more] = names;
  if (action === undefined) return wrong("run", "expected an action and a target, got neither");
  if (target === undefined) return wrong("run", `expected a target after "${action.slice(0, 60)}", got none`);
  if (more.length > 0) return wrong("run", `did not expect "${more.join(" ").slice(0, 60)}": parameters are written \`--name value\``);
  return understood({ kind: "run", action, target, params: flags });
}

function readFreeze(words: readonly string[]): Parsed {
  const turn = words[0]?.toLowerCase();
  if (turn === undefined) return understood({ kind: "freeze", turn: "ask" });
  if (turn !== "on" && turn !== "off") return wrong("freeze", `expected \`on\` or \`off\`, got "${turn.slice(0, 40)}"`);
  const reason = words.slice(1).join(" ").slice(0, 500);
  return understood(reason === "" ? { kind: "freeze", turn } : { kind: "freeze", turn, reason });
}

type Flags = { readonly names: readonly string[]; readonly flags: Readonly<Record<string, string>>; readonly broken?: string };

/** Lists: given several times, each is a line of its own. */
const REPEATABLE: ReadonlySet<string> = new Set(["set", "unset"]);

/** `--since 30m` and `--since=30m`; everything else is a name. */
function flagsOf(words: readonly string[]): Flags {
  const names: string[] = [];
  const flags = new Map<string, string>();
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? "";
    const flag = /^--?([a-z][a-z0-9-]*)(?:=(.*))?$/i.exec(word);
    if (flag?.[1] === undefined) {
      names.push(word);
      continue;
    }
    const value = flag[2] ?? words[(index += 1)];
    if (value === undefined || value === "") return { names, flags: {}, broken: `expected a value after \`--${flag[1]}\`, got none` };
    const before = flags.get(flag[1]);
    if (before !== undefined && !REPEATABLE.has(flag[1].toLowerCase()))
      return { names, flags: {}, broken: `\`--${flag[1]}\` is given twice` };
    flags.set(flag[1], before === undefined ? value : `${before}\n${value}`);
  }
  return { names, flags: Object.fromEntries(flags) };
}

/** Where a word is from that is not known by heart. */
const ONE_WORD = {
  show: "an incident's id, as `/oom incidents` lists it,",
  trend: "one target",
  unmute: "the id of a silence, as `/oom silences` lists it,",
  unlock: "one target, as `/oom locks` lists it,",
  runbooks: "one runbook's id",
  audit: "one id",
} as const;

function withOne(
  kind: "show" | "trend" | "unmute" | "unlock" | "runbooks" | "audit",
  words: readonly string[],
  command: (word: string) => Command,
): Parsed {
  const word = words[0];
  if (word === undefined || words.length > 1)
    return wrong(kind, `expected ${ONE_WORD[kind]} after \`${kind}\`, got ${words.length === 0 ? "none" : words.length}`);
  return understood(command(word));
}

function withNone(kind: CommandKind, words: readonly string[], command: Command): Parsed {
  return words.length === 0
    ? understood(command)
    : wrong(kind, `expected nothing after \`${kind}\`, got "${words.join(" ").slice(0, 60)}"`);
}

function unknownVerb(verb: string, rest: readonly string[]): Parsed {
  const shown = verb.slice(0, 40);
  if (/^(?:[a-z0-9._-]+:)?(?:redis|docker)[/:]/i.test(verb) || readTyped(verb).kind === "object")
    return { kind: "wrong", because: `"${shown}" is a target, not a command.`, todo: `Did you mean \`/oom investigate ${shown}\`?` };
  const meant = nearest(verb, KINDS);
  const todo =
    meant.length === 0
      ? "`/oom help` shows what there is."
      : `Did you mean \`/oom ${[meant[0], ...rest].join(" ").slice(0, 100)}\`? \`/oom help\` shows what there is.`;
  return { kind: "wrong", because: `There is no command "${shown}".`, todo };
}

function understood(command: Command): Parsed {
  return { kind: "command", command };
}

function wrong(kind: CommandKind, because: string): Wrong {
  return { kind: "wrong", because, todo: `It is typed \`${USAGE[kind]}\`` };
}
