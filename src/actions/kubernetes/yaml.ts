import type { Json } from "../../domain/json.ts";
import { isList, isObject } from "./pointer.ts";

/** A document of objects, lists and plain values as YAML; texts that could be read as something else are quoted. */
export function renderYaml(value: Json): string {
  return `${lines(value).join("\n")}\n`;
}

function lines(value: Json): readonly string[] {
  if (isList(value) && value.length > 0)
    return value.flatMap((entry) => lines(entry).map((line, at) => (at === 0 ? `- ${line}` : `  ${line}`)));
  if (isObject(value) && Object.keys(value).length > 0)
    return Object.entries(value).flatMap(([key, member]) => (member === undefined ? [] : membered(scalar(key), member)));
  if (isList(value)) return ["[]"];
  return [isObject(value) ? "{}" : scalar(value)];
}

function membered(key: string, member: Json): readonly string[] {
  const below = lines(member);
  const isNested = (isList(member) && member.length > 0) || (isObject(member) && Object.keys(member).length > 0);
  return isNested ? [`${key}:`, ...below.map((line) => `  ${line}`)] : [`${key}: ${below[0] ?? ""}`];
}

/** JSON's texts are YAML's, too. */
function scalar(value: Json): string {
  if (typeof value !== "string") return JSON.stringify(value);
  const isWord = /^[A-Za-z$][\w./$-]*$/.test(value) && !/^(true|false|yes|no|on|off|null|y|n)$/i.test(value);
  const isSize = /^\d+[KMGT]i$/.test(value);
  return isWord || isSize ? value : JSON.stringify(value);
}
