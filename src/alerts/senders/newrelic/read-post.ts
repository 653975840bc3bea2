import type { ReadPost } from "../sender.ts";
import { titledPost } from "../titled-post.ts";

const MOST_LINES = 500;
const CLOSED = /\b(?:closed|issue is closed|recovered|resolved)\b/i;
const CONDITION = /^[^\w]{0,6}(?:condition(?: name)?|alert condition)[^\w]{0,6}[:=] {0,3}[`*]{0,3}([^`*\n]{1,256})/im;

/** New Relic's posts of issues. */
export const readPost: ReadPost = ({ asWritten, text }) => {
  if (!/\bnew ?relic\b/.test(text)) return undefined;
  const lines = asWritten.split("\n", MOST_LINES).filter((line) => line.trim() !== "" && !/^\W{0,6}new ?relic\W{0,6}$/i.test(line));
  const [first = "", ...rest] = lines;
  if (first === "") return undefined;
  const state = /^[^\w]{0,6}(?:state|status|current state)[^\w]{0,6}[:=](.{1,60})/im.exec(asWritten)?.[1] ?? first;
  const name = CONDITION.exec(asWritten)?.[1]?.trim() ?? first.trim();
  return [titledPost({ name, status: CLOSED.test(state) ? "resolved" : "firing", lines: [first, ...rest] })];
};
