// What a line of a kill goes on with where a mail, a chat or a terminal has broken it.
const GOES_ON = /^(?:process \d|\(|total-vm:|anon-rss:|file-rss:|shmem-rss:|UID[: ]\d|pgtables:|oom_score_adj:)/;
const SUMMARY = "oom-kill:constraint=";
const MOST_BREAKS = 6;

type Place = { readonly start: number; readonly end: number; readonly to: number };

/** Where the line from `start` to `end` really ends: further lines, as far as `to`, may be the rest of it. */
export function endOfWrapped(text: string, { start, end: firstEnd, to }: Place): number {
  let end = firstEnd;
  for (let breaks = 0; breaks < MOST_BREAKS && end < to; breaks += 1) {
    const line = text.slice(start, end);
    if (!line.includes("Killed") && !line.includes(SUMMARY)) break;
    const newline = text.indexOf("\n", end + 1);
    const nextEnd = newline === -1 ? to : Math.min(newline, to);
    if (!continues(line, bare(text.slice(end + 1, nextEnd)))) break;
    end = nextEnd;
  }
  return end;
}

/** The parts put together: words by a space, a path or a list that was cut in the middle without. */
export function unwrapped(text: string): string {
  const [first = "", ...others] = text.split("\n");
  return others.reduce((line, part) => `${line.trimEnd()}${GOES_ON.test(bare(part)) ? " " : ""}${bare(part)}`, first);
}

function continues(line: string, next: string): boolean {
  if (line.includes("Killed")) return GOES_ON.test(next);
  // `oom-kill:constraint=...,uid=0` has no spaces.
  return next !== "" && !/[\s[<{]/.test(next) && !/,uid=\d+\s*$/.test(line);
}

function bare(line: string): string {
  return line.replace(/^\s*(?:> ?)*/, "").trimEnd();
}
