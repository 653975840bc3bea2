const NEWLINE = 0x0a;

/** A line without its line feed; `isCut` where it was longer. */
export type CutLine = { readonly bytes: Buffer; readonly isCut: boolean };

export type LineCutter = {
  take(chunk: Buffer): void;
  /** Tells what has no line feed at the end. */
  end(): void;
};

/** Calls with each line, of which no more than `maxBytes` are ever held. Chunks may end anywhere. */
export function createLineCutter(maxBytes: number, onLine: (line: CutLine) => void): LineCutter {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let isCut = false;

  function add(piece: Buffer): void {
    const room = maxBytes - heldBytes;
    isCut ||= piece.length > room;
    if (room <= 0 || piece.length === 0) return;
    const kept = Buffer.from(piece.subarray(0, room)); // a copy: a slice would keep the whole chunk
    held.push(kept);
    heldBytes += kept.length;
  }
  function tell(): void {
    const line = { bytes: Buffer.concat(held), isCut };
    held = [];
    heldBytes = 0;
    isCut = false;
    onLine(line);
  }
  return {
    take(chunk) {
      let at = 0;
      for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, at)) {
        add(chunk.subarray(at, end));
        tell();
        at = end + 1;
      }
      add(chunk.subarray(at));
    },
    end() {
      if (heldBytes > 0) tell();
    },
  };
}
