import { crc32, deflateSync, inflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** A PNG of 8-bit colours (as a browser writes it) with a palette of at most 256 instead: a third of the size. */
export function smallPng(png: Buffer): Buffer {
  const { width, height, channels, pixels } = decode(png);
  const { palette, indexes } = reduce(pixels, channels);
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y += 1) rows.set(indexes.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const chunks = [chunk("IHDR", header), chunk("PLTE", palette), chunk("IDAT", deflateSync(rows, { level: 9 })), chunk("IEND", Buffer.alloc(0))];
  return Buffer.concat([SIGNATURE, ...chunks]);
}

type Pixels = { readonly width: number; readonly height: number; readonly channels: number; readonly pixels: Buffer };

function decode(png: Buffer): Pixels {
  const parts: Buffer[] = [];
  for (let at = SIGNATURE.length; at < png.length; at += 12 + png.readUInt32BE(at)) {
    if (png.toString("latin1", at + 4, at + 8) === "IDAT") parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  const width = png.readUInt32BE(16);
  const height = png.readUInt32BE(20);
  const channels = png[25] === 6 ? 4 : 3;
  return { width, height, channels, pixels: unfilter(inflateSync(Buffer.concat(parts)), width * channels, channels) };
}

/** Undoes the filters of the PNG format (none, sub, up, average, Paeth). */
function unfilter(raw: Buffer, rowBytes: number, channels: number): Buffer {
  const rows = raw.length / (rowBytes + 1);
  const out = Buffer.alloc(rows * rowBytes);
  for (let index = 0; index < out.length; index += 1) {
    const row = Math.floor(index / rowBytes);
    const inRow = index % rowBytes;
    const left = inRow < channels ? 0 : byte(out, index - channels);
    const up = row === 0 ? 0 : byte(out, index - rowBytes);
    const corner = row === 0 || inRow < channels ? 0 : byte(out, index - rowBytes - channels);
    out[index] = byte(raw, row * (rowBytes + 1) + 1 + inRow) + predicted(byte(raw, row * (rowBytes + 1)), { left, up, corner });
  }
  return out;
}

function predicted(filter: number, { left, up, corner }: { readonly left: number; readonly up: number; readonly corner: number }): number {
  if (filter === 3) return Math.floor((left + up) / 2);
  if (filter === 4) {
    const near = [left, up, corner].map((value) => Math.abs(left + up - corner - value));
    const [toLeft = 0, toUp = 0, toCorner = 0] = near;
    if (toLeft <= toUp && toLeft <= toCorner) return left;
    return toUp <= toCorner ? up : corner;
  }
  return [0, left, up][filter] ?? 0;
}

/** Drops the lowest bits of each colour until 256 are enough. */
function reduce(pixels: Buffer, channels: number): { readonly palette: Buffer; readonly indexes: Buffer } {
  for (let bits = 0; ; bits += 1) {
    const reduced = reduceBy(pixels, channels, bits);
    if (reduced !== undefined) return reduced;
  }
}

function reduceBy(pixels: Buffer, channels: number, bits: number): { readonly palette: Buffer; readonly indexes: Buffer } | undefined {
  const seen = new Map<number, number>();
  const indexes = Buffer.alloc(pixels.length / channels);
  for (let pixel = 0; pixel < indexes.length; pixel += 1) {
    const at = pixel * channels;
    const colour = (coarse(byte(pixels, at), bits) << 16) | (coarse(byte(pixels, at + 1), bits) << 8) | coarse(byte(pixels, at + 2), bits);
    const index = seen.get(colour) ?? seen.size;
    if (index > 255) return undefined;
    seen.set(colour, index);
    indexes[pixel] = index;
  }
  return { palette: Buffer.from([...seen.keys()].flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255])), indexes };
}

/** White stays white: what is left of the bits is spread over the whole range. */
function coarse(value: number, bits: number): number {
  const most = 255 >> bits;
  return Math.round(((value >> bits) * 255) / most);
}

function byte(buffer: Buffer, index: number): number {
  return buffer[index] ?? 0;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  out.set(body, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}
