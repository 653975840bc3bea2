import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Server as HttpServer } from "node:http";
import { Server } from "node:net";
import { createEmulator, type EmulatorOptions } from "emulate";
import { z } from "zod";
import { noteRealSystem } from "./real-systems.ts";

export type RunningEmulator = { readonly port: number; close(): Promise<void> };

export type EmulatedService = Omit<EmulatorOptions, "port" | "service"> & { readonly service: "slack" | "github" };

/** Where Node announces that a server is about to listen, with the options that it goes by. */
const ABOUT_TO_LISTEN = "tracing:net.server.listen:asyncStart";
// Beyond all ports: names a start among those that go on at the same time.
const NO_PORT = 1_000_000;
let started = 0;

/**
 * Starts a service of the `emulate` package on a free port of loopback; resolves when it listens. The package itself can be
 * told a port only: it listens on all interfaces, and a port that is taken ends the process. So its server is caught
 * where Node announces it, and given its address there.
 */
export async function startEmulator(options: EmulatedService): Promise<RunningEmulator> {
  const mark = NO_PORT + (started += 1);
  let listening: Promise<number> | undefined;
  const onListen = (message: unknown): void => {
    const { server, options: address } = announced(message);
    if (!(server instanceof Server) || address === undefined || !("port" in address) || address.port !== mark) return;
    Object.assign(address, { host: "127.0.0.1", port: 0 });
    if (server instanceof HttpServer) server.keepAliveTimeout = 0; // its clients close what is idle: it must not, just as they send
    listening = portOf(server);
  };
  subscribe(ABOUT_TO_LISTEN, onListen);
  try {
    const emulator = await createEmulator({ ...options, port: mark });
    if (listening === undefined) throw new Error("expected emulate to start a server, it did not");
    const port = await listening;
    noteRealSystem(`${options.service}-emulator`, packageVersion());
    return { port, close: () => emulator.close() };
  } finally {
    unsubscribe(ABOUT_TO_LISTEN, onListen);
  }
}

function announced(message: unknown): { readonly server?: unknown; readonly options?: object } {
  if (typeof message !== "object" || message === null) return {};
  const options = "options" in message && typeof message.options === "object" && message.options !== null ? message.options : undefined;
  return { ...("server" in message && { server: message.server }), ...(options !== undefined && { options }) };
}

function packageVersion(): string {
  const text = readFileSync(new URL("../../node_modules/emulate/package.json", import.meta.url), "utf8");
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}

async function portOf(server: Server): Promise<number> {
  await once(server, "listening"); // rejects on an error
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("expected a server with a port");
  return address.port;
}
