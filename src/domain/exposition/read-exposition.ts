import { readSample, type Sample } from "./read-sample.ts";

export type Wanted = {
  /** Is a metric of this name kept? Asked once per name. */
  wants(name: string): boolean;
  /** So many samples are kept at most, the first ones. */
  readonly most: number;
};

export type Exposition = {
  readonly samples: readonly Sample[];
  /** Samples of wanted metrics that were left out because there were more than `most`. */
  readonly leftOut: number;
  /** Lines with a sample, wanted or not, and lines that are no sample and no comment. 0 samples: it is no such text. */
  readonly lines: { readonly samples: number; readonly unreadable: number };
};

// Only so much is turned into text at a time: a body may be tens of megabytes long, and what is wanted of it is little.
const PIECE_BYTES = 256 * 1024;
// A longer line is no sample: labels are short.
const LONGEST_LINE = 64 * 1024;
// A name, and then labels or a number.
const BEGIN = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{|\s+[-+.\dNI])/;

/**
 * Reads what a program tells in Prometheus' text format (or OpenMetrics') and keeps the wanted samples. Goes over it once;
 * what it holds does not grow with the body. Source: prometheus.io, exposition formats. Pure.
 */
export function readExposition(body: Uint8Array, wanted: Wanted): Exposition {
  const reader = new Reader(wanted);
  const decoder = new TextDecoder();
  let rest = "";
  for (let at = 0; at < body.length; at += PIECE_BYTES) {
    const text = rest + decoder.decode(body.subarray(at, at + PIECE_BYTES), { stream: true });
    const end = text.lastIndexOf("\n");
    reader.take(text.slice(0, end + 1));
    rest = text.slice(end + 1);
    // The rest of a line that is too long is passed by as one of its own.
    if (rest.length > LONGEST_LINE) rest = "#";
  }
  reader.take(`${rest}${decoder.decode()}`);
  return reader.end();
}

class Reader {
  readonly #wanted: Wanted;
  readonly #known = new Map<string, boolean>();
  readonly #samples: Sample[] = [];
  #leftOut = 0;
  #read = 0;
  #unreadable = 0;

  constructor(wanted: Wanted) {
    this.#wanted = wanted;
  }

  /** Whole lines. */
  take(text: string): void {
    for (const line of text.split("\n")) {
      const shown = line.trim();
      if (shown === "" || shown.startsWith("#")) continue;
      this.#line(shown);
    }
  }

  end(): Exposition {
    return { samples: this.#samples, leftOut: this.#leftOut, lines: { samples: this.#read, unreadable: this.#unreadable } };
  }

  #line(line: string): void {
    const name = BEGIN.exec(line)?.[1];
    // Most lines are passed by after their name.
    if (name !== undefined && !this.#isWanted(name)) {
      this.#read += 1;
      return;
    }
    const sample = line.length > LONGEST_LINE ? undefined : readSample(line);
    if (sample === undefined) {
      this.#unreadable += 1;
      return;
    }
    this.#read += 1;
    if (!this.#isWanted(sample.name)) return;
    if (this.#samples.length < this.#wanted.most) this.#samples.push(sample);
    else this.#leftOut += 1;
  }

  #isWanted(name: string): boolean {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const wanted = this.#wanted.wants(name);
    if (this.#known.size < 10_000) this.#known.set(name, wanted);
    return wanted;
  }
}
