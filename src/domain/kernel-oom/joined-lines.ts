// How the lines of an OOM report begin, as far as they can be told from the middle of another.
const BEGINNING =
  /(?:Memory cgroup out of memory|Out of memory(?: \([^)]{1,40}\))?): Kill(?:ed)? process \d|oom-kill:constraint=|[^\s()]{1,16} invoked oom-killer: |oom_reaper: reaped process \d|Task in \/\S* killed as a result of limit of |Killed process \d+(?:,? UID \d+,?)? \(|memory(?:\+swap)?: usage \d+kB, limit |Memory cgroup stats for \/|Tasks state \(memory values/;
// What writers put in front of a line: date and host, `kernel:`, priority, the kernel's own clock.
const DATE = /(?:\p{L}{3} {1,2}\d{1,2} \d\d:\d\d:\d\d|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S{0,16}) (?:[\w.-]{1,120} )?/u;
const IN_FRONT = new RegExp(`(?:${DATE.source})?(?:kernel: )?(?:<\\d{1,3}>)?`, "u");
const CLOCK = /(?:\[ *\d+\.\d{3,9}\](?:\[ *[TC]\d+\])? ){1,2}/u;
const LINE = new RegExp(`(?<=^|\\s)${IN_FRONT.source}(?:${CLOCK.source}(?:${BEGINNING.source})?|${BEGINNING.source})`, "gu");

// `\n` as two characters, as a text in JSON shows it; not in a process's name.
const WRITTEN_NEWLINE = /(?:\\r)?\\n(?![^()]{0,64}\))/;
const SHORTEST = 100;

/** Lines that somebody has put into one, joined by spaces or by `\n` in two characters; one that is whole stays so. Pure. */
export function takeApart(line: string): readonly string[] {
  if (line.length < SHORTEST) return [line];
  const parts = line.includes("\\n") ? line.split(WRITTEN_NEWLINE) : [line];
  return parts.flatMap(apartAtSpaces);
}

function apartAtSpaces(line: string): readonly string[] {
  if (line.length < SHORTEST) return [line];
  // The first may have something in front of it that is not known here.
  const cuts = Array.from(line.matchAll(LINE), ({ index }) => index).slice(1);
  if (cuts.length === 0) return [line];
  return [0, ...cuts].map((from, at) => line.slice(from, cuts[at]).trimEnd());
}
