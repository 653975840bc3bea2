import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

export type LineAt = { readonly host: string; readonly port: number; readonly tls: boolean };

/** Sends one command and returns its reply as text; an error reply, a lost connection or 5 s of silence rejects. */
export type Ask = (words: readonly string[]) => Promise<string>;

const TIMEOUT_MS = 5000;

/** One connection to a Redis, one command at a time: all that the flush command needs, without a client's start-up time. */
export async function openLine(at: LineAt): Promise<{ readonly ask: Ask; close(): void }> {
  const socket = await open(at);
  return { ask: talk(socket), close: () => socket.destroy() };
}

function open(at: LineAt): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const opened = (): void => {
      socket.off("error", fail);
      resolve(socket);
    };
    const fail = (error: Error & { code?: string }): void => {
      socket.destroy();
      reject(
        new Error(
          error.code === "ECONNREFUSED"
            ? "connection refused. Is the server running, and on that port?"
            : `cannot be reached (${error.code ?? error.message}).`,
        ),
      );
    };
    const socket: Socket = at.tls
      ? connectTls({ host: at.host, port: at.port, ...serverName(at.host) }, opened)
      : connectTcp({ host: at.host, port: at.port }, opened);
    socket.once("error", fail);
    socket.setNoDelay(true);
    socket.setTimeout(TIMEOUT_MS, () => fail(new Error(`no answer within ${TIMEOUT_MS} ms`)));
  });
}

/** Certificates are checked against the name; an address has none to send. */
function serverName(host: string): { readonly servername?: string } {
  return /^[\d.]+$|:/.test(host) ? {} : { servername: host };
}

type Waiting = { readonly resolve: (reply: string) => void; readonly reject: (error: Error) => void };

function talk(socket: Socket): Ask {
  let received = "";
  let waiting: Waiting | undefined;
  const settle = (act: (who: Waiting) => void): void => {
    const who = waiting;
    waiting = undefined;
    if (who !== undefined) act(who);
  };
  socket.setEncoding("latin1"); // one character a byte: replies announce their length in bytes
  socket.on("data", (text: string) => {
    received += text;
    const reply = readReply(received);
    if (reply === undefined) return;
    received = received.slice(reply.length);
    const { says } = reply;
    settle((who) => (reply.refused ? who.reject(new Error(`it answered ${JSON.stringify(says)}.`)) : who.resolve(says)));
  });
  socket.on("error", (error) => settle((who) => who.reject(new Error(`the connection broke (${error.message}).`))));
  socket.on("close", () =>
    settle((who) => who.reject(new Error("it closed the connection. Is it a Redis, and does it expect TLS (rediss://)?"))),
  );
  socket.setTimeout(TIMEOUT_MS, () => settle((who) => who.reject(new Error(`no answer within ${TIMEOUT_MS} ms.`))));
  return (words) =>
    new Promise((resolve, reject) => {
      waiting = { resolve, reject };
      socket.write(`*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join("")}`);
    });
}

/** A whole reply: a line, or a text of announced length. Undefined: more of it is to come. */
function readReply(received: string): { readonly says: string; readonly refused: boolean; readonly length: number } | undefined {
  const end = received.indexOf("\r\n");
  if (end < 0) return undefined;
  const line = received.slice(1, end);
  if (!received.startsWith("$")) return { says: line, refused: received.startsWith("-"), length: end + 2 };
  const from = end + 2;
  const to = from + Math.max(0, Number(line));
  return received.length < to + 2 ? undefined : { says: received.slice(from, to), refused: false, length: to + 2 };
}
