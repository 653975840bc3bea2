import { readDaemonLine } from "./daemon-lines.ts";
import { KillLedger } from "./kill-ledger.ts";
import { Reports } from "./reports.ts";
import type { KernelOomReading } from "./types.ts";
import { unwrapLine } from "./unwrap-line.ts";

// A line without one of these begins no report and tells of no kill. Few, and with rare first letters: each is searched
// for through the whole log.
const NEEDLES = [
  "-kill",
  "Kill",
  "result of limit",
  "_reaper: ",
  "killable",
  "OOM ",
  "SIGKILL to",
  "victim",
  "VmRSS",
  "(es) in this unit",
  "Linux version ",
] as const;

// How much in front of a line is kept for those whose meaning stands there: the journal's times, nohang's victim.
const LOOK_BACK = 4096;
// Longer lines (JSON of a whole page, a binary) are read around their needles only.
const LONG_LINE = 65_536;
const AROUND = { before: 1024, behind: 2048 } as const;

/**
 * Reads a kernel log of any length in pieces, in bounded memory: irrelevant lines are never looked at one by one. The
 * pieces are text, or the bytes of UTF-8 as characters (latin1), which is faster.
 */
export class KernelLogScan {
  readonly #ledger = new KillLedger();
  readonly #reports = new Reports(this.#ledger);
  /** What is left of the piece before: LOOK_BACK and a line that is not complete. */
  #rest = "";
  #restRead = 0;

  push(piece: string): void {
    const text = this.#rest + piece;
    const end = text.lastIndexOf("\n") + 1;
    // A line that never ends must not be kept for ever.
    const readable = end > this.#restRead || text.length - this.#restRead < LONG_LINE ? end : text.length - AROUND.behind;
    if (readable <= this.#restRead) {
      this.#rest = text;
      return;
    }
    this.#read(text, this.#restRead, readable);
    const keptFrom = Math.max(0, readable - LOOK_BACK);
    this.#rest = text.slice(keptFrom);
    this.#restRead = readable - keptFrom;
  }

  /** The log is over. Call once. */
  end(): KernelOomReading {
    this.#read(this.#rest, this.#restRead, this.#rest.length);
    this.#rest = "";
    this.#reports.end();
    return this.#ledger.reading();
  }

  #read(text: string, from: number, to: number): void {
    const search = new NeedleSearch(text);
    let at = from;
    while (at < to) {
      const hit = this.#reports.isOpen ? at : search.next(at);
      if (hit >= to) return;
      const start = hit === at ? at : Math.max(at, text.lastIndexOf("\n", hit) + 1);
      const newline = text.indexOf("\n", hit);
      const end = newline === -1 || newline > to ? to : newline;
      this.#readLine(text, start, end);
      at = end + 1;
    }
  }

  #readLine(text: string, start: number, end: number): void {
    if (end - start <= LONG_LINE) return this.#take(text.slice(start, end), text.slice(Math.max(0, start - LOOK_BACK), start));
    const search = new NeedleSearch(text);
    for (let hit = search.next(start); hit < end;) {
      const behind = Math.min(end, hit + AROUND.behind);
      this.#take(text.slice(Math.max(start, hit - AROUND.before), behind), "");
      hit = search.next(behind);
    }
  }

  #take(raw: string, before: string): void {
    for (const line of unwrapLine(raw, before)) {
      if (!this.#reports.feed(line)) readDaemonLine(line, this.#ledger, before);
    }
  }
}

/** The whole of a text that is in memory anyway. */
export function readKernelLog(text: string): KernelOomReading {
  const scan = new KernelLogScan();
  scan.push(text);
  return scan.end();
}

/** The next place of any needle, remembering where each was found last. */
class NeedleSearch {
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
        const found = this.#text.indexOf(needle, from);
        place = found === -1 ? Number.POSITIVE_INFINITY : found;
        this.#places[at] = place;
      }
      if (place < nearest) nearest = place;
    }
    return nearest;
  }
}
