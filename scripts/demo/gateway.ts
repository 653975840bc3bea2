import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Redis } from "ioredis";

export type Gateway = { readonly url: string; stop(): Promise<void> };

/** A small service that needs its Redis to write, as the gateway of the incident does: 503 while writes are refused. */
export async function startGateway(redis: { readonly host: string; readonly port: number; readonly database: number }): Promise<Gateway> {
  const client = new Redis({ host: redis.host, port: redis.port, db: redis.database, disableClientInfo: true });
  const server = createServer((_request, response) => {
    client
      .set("gateway:alive", "1", "EX", 5)
      .then(() => response.writeHead(201).end("created\n"))
      .catch((error: unknown) => response.writeHead(503).end(`${error instanceof Error ? error.message : "no answer"}\n`));
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}/signals`,
    async stop() {
      client.disconnect();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}
