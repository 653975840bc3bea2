import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { APP } from "./emulator.ts";
import type { Sendable } from "./types.ts";

const ACK_WITHIN_MS = 3000;
const PING_EVERY_MS = 10_000;
const TYPES = { command: "slash_commands", interactive: "interactive", event: "events_api" } as const;

/** The server side of Socket Mode. */
export type Sockets = {
  /** A path with a ticket that opens one connection. */
  ticket(): string;
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Sends an envelope down an open connection; resolves with the acknowledgement's payload. */
  deliver(sent: Sendable, retryNum?: number): Promise<{ readonly acked: boolean; readonly payload: unknown }>;
  open(): number;
  /** What Slack says before it closes a connection: `warning`, `refresh_requested`, `link_disabled`. */
  say(reason: "warning" | "refresh_requested" | "link_disabled"): void;
  /** Breaks every connection without a word. */
  drop(): void;
  close(): void;
};

export function createSockets(): Sockets {
  const server = new WebSocketServer({ noServer: true });
  const tickets = new Set<string>();
  const waiting = new Map<string, (payload: unknown) => void>();
  const ping = setInterval(() => server.clients.forEach((client) => client.ping()), PING_EVERY_MS);

  server.on("connection", (client: WebSocket) => {
    client.on("message", (data: Buffer) => {
      const ack = ackOf(data.toString());
      waiting.get(ack.id)?.(ack.payload);
    });
    client.on("error", () => client.terminate());
    client.send(
      JSON.stringify({
        type: "hello",
        num_connections: server.clients.size,
        connection_info: { app_id: APP.appId },
        debug_info: { host: "lab" },
      }),
    );
  });

  return {
    ticket() {
      const ticket = randomUUID();
      tickets.add(ticket);
      return `/link?ticket=${ticket}`;
    },
    upgrade(req, socket, head) {
      const ticket = new URL(req.url ?? "/", "http://lab").searchParams.get("ticket") ?? "";
      if (!tickets.delete(ticket)) socket.destroy();
      else server.handleUpgrade(req, socket, head, (client) => server.emit("connection", client, req));
    },
    deliver: (sent, retryNum) => deliver({ server, waiting }, sent, retryNum),
    open: () => [...server.clients].filter((client) => client.readyState === client.OPEN).length,
    say: (reason) =>
      server.clients.forEach((client) => client.send(JSON.stringify({ type: "disconnect", reason, debug_info: { host: "lab" } }))),
    drop: () => server.clients.forEach((client) => client.terminate()),
    close() {
      clearInterval(ping);
      server.clients.forEach((client) => client.terminate());
      server.close();
    },
  };
}

type Link = { readonly server: WebSocketServer; readonly waiting: Map<string, (payload: unknown) => void> };

function deliver({ server, waiting }: Link, sent: Sendable, retryNum: number | undefined): Promise<{ acked: boolean; payload: unknown }> {
  const client = [...server.clients].find((candidate) => candidate.readyState === candidate.OPEN);
  if (client === undefined) return Promise.reject(new Error("expected the app to have a Socket Mode connection open, it has none"));
  const id = randomUUID();
  const envelope = {
    envelope_id: id,
    type: TYPES[sent.kind],
    payload: sent.payload,
    accepts_response_payload: sent.kind !== "event",
    ...(sent.kind === "event" && { retry_attempt: retryNum ?? 0, retry_reason: retryNum === undefined ? "" : "timeout" }),
  };
  return new Promise((resolve) => {
    const end = (acked: boolean, payload: unknown): void => {
      clearTimeout(timer);
      waiting.delete(id);
      resolve({ acked, payload });
    };
    const timer = setTimeout(() => end(false, ""), ACK_WITHIN_MS);
    waiting.set(id, (payload) => end(true, payload));
    client.send(JSON.stringify(envelope));
  });
}

function ackOf(text: string): { readonly id: string; readonly payload: unknown } {
  const message: unknown = JSON.parse(text);
  if (typeof message !== "object" || message === null || !("envelope_id" in message)) return { id: "", payload: "" };
  const payload = "payload" in message ? message.payload : "";
  const isEmpty = typeof payload === "object" && payload !== null && Object.keys(payload).length === 0;
  return { id: String(message.envelope_id), payload: isEmpty ? "" : payload };
}
