import { SocketModeClient } from "@slack/socket-mode";
import { messageOf } from "../../domain/errors.ts";
import { ChatRefusal } from "../../ports/chat.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";
import { refusalOf } from "./refusal.ts";
import { createSdkLog } from "./sdk-log.ts";
import type { SlackSettings } from "./settings.ts";
import type { TakeIn } from "./take-in.ts";
import { webClientOptions } from "./web-client.ts";

const HELLO_WITHIN_MS = 10_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
// What ended sooner counts as a failure too: Slack lets an app ask for a connection about once in a minute.
const STEADY_MS = 10_000;

export type Connection = {
  readonly state: "connected" | "connecting" | "disconnected";
  /** Milliseconds since 1970. */
  readonly since: number;
  /** How often it was made anew since the start. */
  readonly reconnects: number;
};

export type SocketTransportParts = {
  readonly settings: SlackSettings;
  readonly appToken: string;
  readonly takeIn: TakeIn;
  readonly clock: Clock;
  readonly log: Log;
};

export type SocketTransport = {
  connection(): Connection;
  /** Resolves after the first attempt, whether it worked or will be repeated; throws ChatRefusal `no-rights`. */
  start(): Promise<void>;
  /** Takes no more envelopes, waits until those underway are acknowledged, then disconnects. */
  stop(): Promise<void>;
};

/**
 * A Socket Mode connection that comes back by itself. Each connection is a client of its own, because the library's own
 * reconnection ends for good when Slack cannot be reached for a while. What is not acknowledged, Slack sends again.
 */
export function createSocketTransport(parts: SocketTransportParts): SocketTransport {
  const { clock, log, takeIn } = parts;
  const stopping = new AbortController();
  let connection: Connection = { state: "disconnected", since: clock.nowMs(), reconnects: 0 };
  let wasConnected = false;
  let current: Link | undefined;
  let loop = Promise.resolve();

  function enter(state: Connection["state"]): void {
    if (state === connection.state) return;
    const isAgain = state === "connected" && wasConnected;
    wasConnected ||= state === "connected";
    connection = { state, since: clock.nowMs(), reconnects: connection.reconnects + (isAgain ? 1 : 0) };
    log.info({ state, reconnects: connection.reconnects }, "Socket Mode connection");
  }

  async function attempt(): Promise<Attempt> {
    enter("connecting");
    current = openLink(parts, stopping.signal);
    const outcome = await hello(current, clock);
    if (outcome.kind === "connected") enter("connected");
    return outcome;
  }

  async function stayConnected(first: Attempt): Promise<void> {
    let outcome = first;
    let failures = 0;
    while (!stopping.signal.aborted) {
      failures = outcome.kind === "connected" && (await lastedMs(outcome, clock)) >= STEADY_MS ? 0 : failures + 1;
      if (outcome.kind === "refused")
        log.warn({ failures, code: outcome.refusal.code, because: outcome.refusal.message }, "no Socket Mode connection");
      if (failures > 0) await clock.sleep(waitMs(outcome, failures), stopping.signal).catch(() => undefined);
      if (!stopping.signal.aborted) outcome = await attempt();
    }
  }

  return {
    connection: () => connection,
    async start() {
      const first = await attempt();
      if (first.kind === "refused" && first.refusal.code === "no-rights") throw first.refusal;
      loop = stayConnected(first);
    },
    async stop() {
      stopping.abort();
      await takeIn.settled();
      await current?.client.disconnect();
      await loop;
      enter("disconnected");
    },
  };
}

async function lastedMs({ ended }: Extract<Attempt, { readonly kind: "connected" }>, clock: Clock): Promise<number> {
  const sinceMs = clock.nowMs();
  await ended;
  return clock.nowMs() - sinceMs;
}

/** Doubles from failure to failure, and is never less than Slack has asked for. */
function waitMs(outcome: Attempt, failures: number): number {
  const asked = outcome.kind === "refused" ? (outcome.refusal.retryAfterMs ?? 0) : 0;
  return Math.max(asked, Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1)));
}

type Link = { readonly client: SocketModeClient; readonly ended: Promise<void> };
type Attempt = { readonly kind: "connected"; readonly ended: Promise<void> } | { readonly kind: "refused"; readonly refusal: ChatRefusal };
type Envelope = { readonly body: unknown; readonly ack: (response?: unknown) => Promise<void> };

function openLink({ settings, appToken, takeIn, log }: SocketTransportParts, stopping: AbortSignal): Link {
  const client = new SocketModeClient({
    appToken,
    autoReconnectEnabled: false,
    logger: createSdkLog(log),
    clientOptions: webClientOptions(settings, log),
  });
  client.on("slack_event", ({ body, ack }: Envelope) => {
    if (stopping.aborted) return;
    takeIn.take(body, ack).catch((error: unknown) => {
      log.warn({ because: messageOf(error) }, "not acknowledged: Slack will send it again");
    });
  });
  return { client, ended: new Promise((resolve) => client.once("disconnected", () => resolve())) };
}

async function hello({ client, ended }: Link, clock: Clock): Promise<Attempt> {
  const over = new AbortController();
  const tooLate = clock.sleep(HELLO_WITHIN_MS, over.signal).then(
    () => new ChatRefusal("unavailable", "Socket Mode: no hello from Slack"),
    () => undefined, // called off below
  );
  try {
    const refusal = await Promise.race([client.start().then(() => undefined), tooLate]);
    if (refusal !== undefined) throw refusal;
    return { kind: "connected", ended };
  } catch (error) {
    client.disconnect().catch(() => undefined); // there may be nothing to end
    return { kind: "refused", refusal: refusalOf("apps.connections.open", error) };
  } finally {
    over.abort();
  }
}
