import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import type { Scene } from "./scene.ts";

/** A way to a Redis that can be cut at one command, on either side of its being done. */
export type Gate = {
  readonly url: string;
  /** From now on: nothing that follows this command on its connection gets through; with "command", it does not either. */
  holdBack(command: string, what: "command" | "answer"): void;
  /** Resolves when it has been held back. From then on, other connections pass. */
  readonly held: Promise<void>;
};

export async function startGate(scene: Pick<Scene, "atEnd">, target: { readonly port: number }): Promise<Gate> {
  const sockets = new Set<Socket>();
  let pass = (): void => undefined;
  const held = new Promise<void>((resolve) => (pass = resolve));
  let wanted: { readonly command: string; readonly what: "command" | "answer" } | undefined;

  const server = createServer((client) => {
    const redis = connect(target.port, "127.0.0.1");
    let open = true;
    for (const socket of [client, redis]) {
      sockets.add(socket);
      socket.on("error", () => undefined).on("close", () => [client, redis].forEach((one) => one.destroy()));
    }
    client.on("data", (data) => {
      const { command, what } = wanted ?? {};
      if (open && command !== undefined && data.toString().toLowerCase().includes(command)) {
        wanted = undefined;
        open = false;
        if (what === "answer") redis.write(data);
        pass();
      }
      if (open) redis.write(data);
    });
    redis.on("data", (data) => void (open && client.write(data)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  scene.atEnd(async () => {
    sockets.forEach((socket) => socket.destroy());
    server.close();
    await once(server, "close");
  });
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    holdBack: (command, what) => void (wanted = { command, what }),
    held,
  };
}
