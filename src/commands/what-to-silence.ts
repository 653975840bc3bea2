import { PROBLEMS } from "../domain/incident.ts";
import { unknownWord } from "../domain/known-words.ts";
import type { Message } from "../domain/message.ts";
import { nearest } from "../domain/nearest.ts";
import type { Silenced } from "../domain/silence.ts";
import { targetKey, WORKLOAD_RESOURCES } from "../domain/target.ts";
import { refusal } from "../messages/refusal.ts";
import { lookUpTarget } from "./find-target.ts";
import type { Front } from "./front.ts";
import { unknownTarget } from "./investigate.ts";
import { isIdOf } from "./opaque-id.ts";

export type WhatFound =
  | { readonly kind: "found"; readonly what: Silenced; /** It names kills and nothing else. */ readonly isKills: boolean }
  | { readonly kind: "refused"; readonly message: Message };

const KINDS = ["redis", "docker", "node", ...WORKLOAD_RESOURCES] as const;
const LONGEST = 300;

/** What somebody wants to hear nothing of: an incident's or storm's id, a label, a channel, a problem, a pattern, or a target by its name. */
export async function whatToSilence(front: Front, typed: string): Promise<WhatFound> {
  const word = typed.slice(0, LONGEST);
  if (isIdOf("inc", word.toLowerCase())) return ofIncident(front, word.toLowerCase());
  if (isIdOf("stm", word.toLowerCase())) return ofStorm(front, word.toLowerCase());
  if (word.includes("=")) return label(word);
  if (/^#?[CG][A-Z0-9]{8,20}$/.test(word)) return found({ kind: "channel", channel: word.replace("#", "") });
  if (word.startsWith("#"))
    return refused(
      `expected a channel as Slack offers it, or its id (C...), got "${word}"`,
      "Choose it from the list that Slack shows after #.",
    );
  const problem = PROBLEMS.find((one) => one === word.toLowerCase());
  if (problem !== undefined) return found({ kind: "problem", problem });
  if (word.includes("*")) return pattern(word);
  return target(front, word);
}

async function ofIncident({ desk }: Front, id: string): Promise<WhatFound> {
  const incident = await desk.store.incidents.get(id);
  if (incident === undefined) return refused(`there is no incident "${id}"`, "`/oom incidents` lists those that are open.");
  return found({ kind: "target", pattern: targetKey(incident.target), problem: incident.problem });
}

async function ofStorm({ desk }: Front, id: string): Promise<WhatFound> {
  const storm = await desk.store.storms.get(id);
  if (storm === undefined) return refused(`there is no storm "${id}"`, "Its id stands at the end of the first message of its thread.");
  return found({ kind: "storm", stormId: id });
}

function label(word: string): WhatFound {
  const [, inner] = /^labels?[=:](.+=.+)$/i.exec(word) ?? [];
  if (inner !== undefined)
    return refused(
      `expected a label's own name before \`=\`, got "${word.slice(0, 80)}"`,
      `Did you mean \`/oom mute ${inner.slice(0, 80)}\`?`,
    );
  const [, name, value = ""] = /^([A-Za-z_][\w.:/-]{0,80})=["']?([^"'~!=]{1,200}?)["']?$/.exec(word) ?? [];
  if (name === undefined)
    return refused(`expected a label as \`name=value\`, with \`*\` at the end where it may go on, got "${word.slice(0, 80)}"`);
  if (value.slice(0, -1).includes("*")) return refused(`expected \`*\` at the end of the value only, got "${value.slice(0, 80)}"`);
  const expected = value.endsWith("*") ? undefined : unknownWord(name, value);
  if (expected !== undefined) return refused(`expected after \`${name}=\` ${expected}, got "${value.slice(0, 80)}"`);
  const meant = name.toLowerCase() === "problem" ? PROBLEMS.find((one) => one === value.toLowerCase()) : undefined;
  if (meant !== undefined) return found({ kind: "problem", problem: meant });
  if (name.toLowerCase() === "problem") return refused(`expected one of ${PROBLEMS.join(", ")}, got "${value.slice(0, 80)}"`);
  return { ...found({ kind: "label", name, pattern: value }), isKills: name.toLowerCase() === "class" && value === "oom_killed" };
}

function pattern(word: string): WhatFound {
  const [, kind = "", rest = ""] = /^(?:[\w.-]+:)?([a-z]+)\/(.*)$/i.exec(word) ?? [];
  if (kind === "")
    return refused(
      `expected a pattern of targets such as \`deploy/shop/*\` or \`docker/shop-*\`, got "${word.slice(0, 80)}"`,
      "A whole channel is muted as `/oom mute #channel`.",
    );
  const [meant] = KINDS.filter((one) => one === kind.toLowerCase());
  if (meant === undefined) {
    const [near] = nearest(kind, KINDS);
    return refused(
      `there are no targets of the kind "${kind.slice(0, 40)}", only ${KINDS.join(", ")}`,
      near === undefined ? undefined : `Did you mean \`${word.replace(kind, near)}\`?`,
    );
  }
  if (rest.slice(0, -1).includes("*") || !rest.endsWith("*"))
    return refused(`expected \`*\` at the end only, where it matches the rest, got "${word.slice(0, 80)}"`);
  return found({ kind: "target", pattern: word.replace(kind, meant) });
}

async function target({ desk }: Front, word: string): Promise<WhatFound> {
  const looked = await lookUpTarget(word, desk.targets);
  if (looked.kind === "found") return found({ kind: "target", pattern: targetKey(looked.target) });
  const [problem] = word.includes("/") ? [] : nearest(word, PROBLEMS);
  if (looked.kind === "none") {
    if (problem !== undefined) return refused(looked.because, `Did you mean the problem \`${problem}\`?`);
    return { kind: "refused", message: unknownTarget(looked) };
  }
  const names = [...new Set(looked.targets.map((one) => `\`${targetKey(one)}\``))].slice(0, 5).join(", ");
  return refused(
    `"${word.slice(0, 60)}" may mean several targets: ${names}`,
    "Type the whole name of one, or a pattern such as `deploy/shop/*`.",
  );
}

function found(what: Silenced): Extract<WhatFound, { readonly kind: "found" }> {
  return { kind: "found", what, isKills: false };
}

function refused(because: string, todo = "`/oom mute` takes a target, `label=value`, a problem or a #channel."): WhatFound {
  return { kind: "refused", message: refusal({ because, todo }) };
}
