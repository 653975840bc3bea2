type Needle = {
  /** Searched for through the whole log: at most six characters, and the first of them a rare one, or the engine takes a slower way. */
  readonly text: string;
  /** What it must be part of, from this many characters before it. */
  readonly from: number;
  readonly phrase: RegExp;
};

// A line without one of these phrases begins no report and tells of no kill.
const NEEDLES: readonly Needle[] = [
  { text: "-kill", from: 3, phrase: /oom-kill(?:er(?::|\s*$)|:|'\.?$)/my },
  { text: "Kill", from: 0, phrase: /Kill(?:ed|ing)?(?: (?:process|\/|')| ?\r?$)/my },
  { text: "Task i", from: 0, phrase: /Task in .{1,4000}? killed as/y },
  { text: "_reap", from: 3, phrase: /oom_reaper: reaped/y },
  { text: "Out of", from: 0, phrase: /Out of memory/y },
  { text: "OOM ", from: 0, phrase: /OOM (?:killer|encountered)/y },
  { text: "L to c", from: 6, phrase: /SIGKILL to cgroup/y },
  { text: "victim", from: 0, phrase: /victim(?: processes:|;|$)/my },
  { text: "VmRSS", from: 0, phrase: /VmRSS/y },
  { text: "(es) i", from: 0, phrase: /\(es\) in this unit/y },
  { text: "Marked", from: 0, phrase: /Marked \//y },
  { text: "kill", from: 0, phrase: /kill(?: failed: |: \d)/y },
  { text: "kB, li", from: 0, phrase: /kB, limit \d+kB, failcnt/y },
  { text: "Memory", from: 0, phrase: /Memory cgroup stats for \//y },
  { text: "_vm ", from: 5, phrase: /total_vm\s+rss\b/y },
  { text: "x vers", from: 4, phrase: /Linux version /y },
];

/** Finds the next place of a phrase that tells of a kill, remembering where each was found last. */
export class NeedleSearch {
  readonly #text: string;
  readonly #places: number[] = NEEDLES.map(() => -1);

  constructor(text: string) {
    this.#text = text;
  }

  /** Infinity: there is none. */
  next(from: number): number {
    let nearest = Number.POSITIVE_INFINITY;
    for (const [at, needle] of NEEDLES.entries()) {
      let place = this.#places[at] ?? -1;
      if (place < from) {
        place = this.#find(needle, from);
        this.#places[at] = place;
      }
      if (place < nearest) nearest = place;
    }
    return nearest;
  }

  #find({ text, from: back, phrase }: Needle, from: number): number {
    for (let place = this.#text.indexOf(text, from); place !== -1; place = this.#text.indexOf(text, place + 1)) {
      phrase.lastIndex = Math.max(0, place - back);
      if (phrase.test(this.#text)) return place;
    }
    return Number.POSITIVE_INFINITY;
  }
}
