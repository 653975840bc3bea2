/*
 * Slack's marks (`*bold*`, `_italic_`, `~struck~`, code) around the state and the name of a title.
 */

/** Of a pattern: what may stand in front of a title, emojis as Slack writes them and other signs. */
export const SIGNS = String.raw`(?::[a-z\d+][\w+-]{0,39}:|[^\w[]){0,20}`;

// `*[FIRING:1]* \`RedisMemoryHigh\` ...`, `:fire: _[P1]_ ...`
const TITLE =
  /^((?::[a-z\d+][\w+-]{0,39}:|[^\w[\n`*~]){0,20}?)[`*_~]{0,4}(\[(?:firing|resolved|alerting|ok|no data|triggered|re-triggered|recovered|warn|alert|alarm|p[1-5]|sev-?[1-5])\b[^\]\n]{0,200}\])([^\n]{0,500})/im;
const TITLES = new RegExp(TITLE, "gim");
// Behind the name its labels may begin, which their bold names part: `*Pod:* web-1`.
const LABEL = /\s\*[A-Za-z][\w ]{0,30}(?::\*|\*:)/;
const MARK = /(?<![\p{L}\p{N}_*~])[_*~]{1,4}|[_*~]{1,4}(?![\p{L}\p{N}_*~])/gu;
const CODE = /^((?:\s{0,3}\[[^\]]{1,200}\])?)[\s:-]{0,4}`{1,3}([^`]{1,200})`{1,3}/;

/** The text with its titles as they read: of `*[FIRING]* _MemoryHigh_ web-1` only `[FIRING] MemoryHigh web-1` is left. Linear. */
export function withoutTitleMarks(text: string): string {
  return text.replaceAll(TITLES, plainTitle);
}

function plainTitle(title: string): string {
  const [, front = "", state = "", rest = ""] = TITLE.exec(title) ?? [];
  const end = rest.search(LABEL);
  const [named, labels] = end < 0 ? [rest, ""] : [rest.slice(0, end), rest.slice(end)];
  const bare = named.replace(/^[`*_~]{1,4}(?=\s|$)/, "").replaceAll(MARK, "");
  return `${front}${state}${bare.replace(CODE, "$1 $2")}${labels}`;
}
