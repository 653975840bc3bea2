/** First and last slot, both included. */
export type SlotRange = readonly [first: number, last: number];

/** A key's hash slot in a Cluster, 0 to 16383: CRC-16/XMODEM of its name, or of the part between its first braces. */
export function hashSlot(key: string): number {
  const tag = /^[^{]*\{([^}]+)\}/.exec(key)?.[1] ?? key;
  let crc = 0;
  for (const byte of Buffer.from(tag)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021;
    crc &= 0xffff;
  }
  return crc % 16384;
}

/** The first of the names whose slot lies in one of the ranges. */
export function nameInSlots(makeName: () => string, ranges: readonly SlotRange[]): string {
  for (;;) {
    const name = makeName();
    const slot = hashSlot(name);
    if (ranges.some(([first, last]) => slot >= first && slot <= last)) return name;
  }
}
