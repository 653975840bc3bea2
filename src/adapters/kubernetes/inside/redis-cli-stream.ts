import { Duplex } from "node:stream";
import { OomphError } from "../../../domain/errors.ts";
import { toResp } from "./redis-cli-reply.ts";
import { createRespReader } from "./resp-requests.ts";

// A line that redis-cli itself, without asking the server, answers with these words: they end each reply.
const MARK_LINE = '"\n';
const MARK_REPLY = "Invalid argument(s)\n";
// Of a reply that took long, beside it.
const TOOK = /\(\d+\.\d+s\)\n$/;
const MAX_REPLY_BYTES = 64 * 2 ** 20;

/**
 * A Redis as its clients speak with it, through a `redis-cli --no-raw` that runs where the port is: requests become lines
 * with every byte that is not plain escaped, and what it prints becomes replies. What only a connection of one's own can do
 * is not to be had: subscribing, blocking with a time, TLS. When its connection breaks, redis-cli makes a new one by itself.
 */
export function speakThroughRedisCli(cli: Duplex): Duplex {
  const waiting: string[] = [];
  let printed = "";
  const stream = new Duplex({
    read: () => cli.resume(),
    write(chunk: Buffer, _encoding, done) {
      try {
        for (const request of readRequests(chunk)) send(request);
        done();
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)));
      }
    },
    final(done) {
      cli.end();
      done();
    },
    destroy(error, done) {
      cli.destroy();
      done(error);
    },
  });
  const readRequests = createRespReader();

  function send(request: readonly Buffer[]): void {
    waiting.push(
      request
        .slice(0, 2)
        .map((part) => part.toString("latin1").toLowerCase())
        .join(" "),
    );
    cli.write(`${request.map(quote).join(" ")}\n${MARK_LINE}`);
  }
  function take(chunk: Buffer): void {
    printed += chunk.toString("latin1");
    if (printed.length > MAX_REPLY_BYTES) stream.destroy(new OomphError("refused", "redis-cli printed more than 64 MiB to one command."));
    for (let end = printed.indexOf(MARK_REPLY); end >= 0; end = printed.indexOf(MARK_REPLY)) {
      const reply = printed.slice(0, end).replace(TOOK, "");
      printed = printed.slice(end + MARK_REPLY.length);
      const command = waiting.shift() ?? "";
      if (reply === "") stream.destroy(new OomphError("unreachable", "redis-cli has lost its connection to the Redis beside it."));
      else if (!stream.push(toResp(reply, command))) cli.pause();
    }
  }
  cli.on("data", take);
  cli.once("end", () => stream.push(null));
  cli.once("error", (error) => stream.destroy(error));
  cli.once("close", () => stream.destroy());
  return stream;
}

/** As redis-cli reads arguments: in quotes, with `\xHH` for what is not plain. */
function quote(argument: Buffer): string {
  let text = "";
  for (const byte of argument) {
    const isPlain = byte > 0x1f && byte < 0x7f && byte !== 0x22 && byte !== 0x5c;
    text += isPlain ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`;
  }
  return `"${text}"`;
}
