import { readDaemonLine } from "./daemon-lines.ts";
import { KillLedger } from "./kill-ledger.ts";
import { NeedleSearch } from "./needle-search.ts";
import { Reports } from "./reports.ts";
import type { KernelOomReading } from "./types.ts";
import { unwrapLine } from "./unwrap-line.ts";
import { endOfWrapped, unwrapped } from "./wrapped-lines.ts";

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
    // Only the border is put together with what is left: joining texts copies them.
    const border = piece.indexOf("\n", LOOK_BACK) + 1;
    if (border === 0) return this.#pushText(this.#rest + piece, this.#restRead);
    this.#pushText(this.#rest + piece.slice(0, border), this.#restRead);
    this.#pushText(piece, border);
  }

  #pushText(text: string, from: number): void {
    const end = text.lastIndexOf("\n") + 1;
    // A line that never ends must not be kept for ever.
    const readable = end > from || text.length - from < LONG_LINE ? end : text.length - AROUND.behind;
    const to = Math.max(from, readable);
    this.#read(text, from, to);
    const keptFrom = Math.max(0, to - LOOK_BACK);
    this.#rest = text.slice(keptFrom);
    this.#restRead = to - keptFrom;
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
      const end = endOfWrapped(text, { start, end: newline === -1 || newline > to ? to : newline, to });
      this.#readLine(text, start, end);
      at = end + 1;
    }
  }

  #readLine(text: string, start: number, end: number): void {
    if (end - start <= LONG_LINE) return this.#take(unwrapped(text.slice(start, end)), text.slice(Math.max(0, start - LOOK_BACK), start));
    const search = new NeedleSearch(text);
    for (let hit = search.next(start); hit < end;) {
      const behind = Math.min(end, hit + AROUND.behind);
      this.#take(text.slice(Math.max(start, hit - AROUND.before), behind), "");
      hit = search.next(behind);
    }
  }

  #take(raw: string, before: string): void {
    for (const line of unwrapLine(raw, before)) {
      if (!this.#reports.feed(line, before)) readDaemonLine(line, this.#ledger, before);
    }
  }
}

/** The whole of a text that is in memory anyway. */
export function readKernelLog(text: string): KernelOomReading {
  const scan = new KernelLogScan();
  scan.push(text);
  return scan.end();
}
