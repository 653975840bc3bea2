import { Duplex } from "node:stream";
import type { RawData, WebSocket } from "ws";

// An API server's proxy takes chunks of this size without putting them together first.
const MAX_CHUNK_BYTES = 32_768;

/** Every message begins with a byte that names its channel. Listens, and lets the socket run. */
export function listenToChannels(socket: WebSocket, onData: (channel: number, data: Buffer) => void): void {
  socket.on("message", (message: RawData) => {
    const bytes = Buffer.isBuffer(message) ? message : Buffer.concat(Array.isArray(message) ? message : [Buffer.from(message)]);
    const channel = bytes[0];
    if (channel !== undefined) onData(channel, bytes.subarray(1));
  });
  socket.resume();
}

export type ChannelStream = {
  /** The channel that is written to, and the one that is read from. */
  readonly input: number;
  readonly output: number;
  /** Of each channel so many bytes at its beginning are not data. */
  readonly skipBytes?: number;
  onOther(channel: number, data: Buffer): void;
  /** Why it has ended, where that is known. */
  trouble(): Error | undefined;
};

/**
 * Two channels of a WebSocket as one stream. These protocols cannot close one direction alone: ending it ends both, at once.
 */
export function createChannelStream(socket: WebSocket, { input, output, skipBytes = 0, onOther, trouble }: ChannelStream): Duplex {
  const skipped = new Map<number, number>();
  const stream = new Duplex({
    allowHalfOpen: false,
    read: () => socket.resume(),
    write(chunk: Buffer, _encoding, done) {
      sendInChunks(socket, { channel: input, data: chunk }, (error) => done(error && (trouble() ?? error)));
    },
    final(done) {
      socket.close();
      done();
    },
    destroy(error, done) {
      socket.terminate();
      done(error);
    },
  });
  socket.once("close", () => {
    const reason = trouble();
    if (reason === undefined) stream.push(null);
    else stream.destroy(reason);
  });
  listenToChannels(socket, (channel, bytes) => {
    const skip = Math.min(bytes.length, skipBytes - (skipped.get(channel) ?? 0));
    skipped.set(channel, (skipped.get(channel) ?? 0) + skip);
    const data = bytes.subarray(skip);
    if (data.length === 0) return;
    if (channel !== output) onOther(channel, data);
    else if (!stream.push(data)) socket.pause();
  });
  return stream;
}

type Chunk = { readonly channel: number; readonly data: Buffer };

function sendInChunks(socket: WebSocket, { channel, data }: Chunk, done: (error?: Error | null) => void): void {
  const part = data.subarray(0, MAX_CHUNK_BYTES);
  const rest = data.subarray(MAX_CHUNK_BYTES);
  socket.send(Buffer.concat([Buffer.of(channel), part]), (error) => {
    if (error !== undefined && error !== null) done(error);
    else if (rest.length > 0) sendInChunks(socket, { channel, data: rest }, done);
    else done();
  });
}
