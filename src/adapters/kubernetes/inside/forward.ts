import type { AddressInfo, Server, Socket } from "node:net";
import { createServer } from "node:net";
import { pipeline, type Duplex } from "node:stream";
import { OomphError } from "../../../domain/errors.ts";
import type { Tunnel } from "../../../ports/clusters.ts";

const HOST = "127.0.0.1";

/**
 * A port of this host's loopback, each of whose connections is one that `open` makes. The first is made at once, so that
 * what forbids it is told now, and serves the first connection.
 */
export async function openTunnel(open: () => Promise<Duplex>): Promise<Tunnel> {
  let trouble: OomphError | undefined;
  const far = new Set<Duplex>();
  const near = new Set<Socket>();

  function note(error: unknown): void {
    if (error instanceof OomphError) trouble = error; // what ended it, and not that it ended
  }
  function watched(stream: Duplex): Duplex {
    far.add(stream);
    stream.once("close", () => far.delete(stream));
    stream.on("error", note);
    return stream;
  }
  let waiting: Duplex | undefined = watched(await open());

  async function join(socket: Socket): Promise<void> {
    const ready = waiting?.destroyed === false ? waiting : undefined;
    waiting = undefined;
    try {
      const stream = ready ?? watched(await open());
      if (socket.destroyed) stream.destroy();
      else pipeline(socket, stream, socket, () => undefined); // how it ended is told to both
    } catch (error) {
      note(error);
      socket.destroy();
    }
  }
  const server = createServer((socket) => {
    near.add(socket);
    socket.once("close", () => near.delete(socket));
    socket.on("error", () => undefined); // its stream ends with it
    void join(socket);
  });
  const port = await listen(server);
  return {
    host: HOST,
    port,
    trouble: () => trouble,
    async close() {
      for (const one of [...near, ...far]) one.destroy();
      await new Promise((resolve) => server.close(resolve));
      for (const one of far) one.destroy(); // that came meanwhile
    },
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, HOST, () => {
      const address = server.address();
      resolve(isAddress(address) ? address.port : 0);
    });
  });
}

function isAddress(address: ReturnType<Server["address"]>): address is AddressInfo {
  return typeof address === "object" && address !== null;
}
