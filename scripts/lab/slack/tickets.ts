import { randomBytes } from "node:crypto";

const TRIGGER_LIVES_MS = 3000;
const RESPONSE_LIVES_MS = 30 * 60_000;
const RESPONSE_USES = 5;

export type Asker = { readonly user: string; readonly channel: string };

/** Trigger ids and response_urls: given out with a payload, good for a while only. */
export type Tickets = {
  trigger(asker: Asker): string;
  /** Slack's error code when it is unknown, too old or used. */
  useTrigger(id: string): { readonly asker: Asker } | { readonly error: string };
  /** The last part of a response_url. */
  response(asker: Asker): string;
  useResponse(id: string): { readonly asker: Asker } | { readonly error: string };
};

export function createTickets(nowMs: () => number): Tickets {
  const triggers = new Map<string, { readonly asker: Asker; readonly untilMs: number; used: boolean }>();
  const responses = new Map<string, { readonly asker: Asker; readonly untilMs: number; uses: number }>();

  return {
    trigger(asker) {
      const id = `${nowMs()}.${randomBytes(4).readUInt32BE()}.${randomBytes(16).toString("hex")}`;
      triggers.set(id, { asker, untilMs: nowMs() + TRIGGER_LIVES_MS, used: false });
      return id;
    },
    useTrigger(id) {
      const ticket = triggers.get(id);
      if (ticket === undefined) return { error: "invalid_trigger_id" };
      if (nowMs() > ticket.untilMs) return { error: "expired_trigger_id" };
      if (ticket.used) return { error: "exchanged_trigger_id" };
      ticket.used = true;
      return { asker: ticket.asker };
    },
    response(asker) {
      const id = randomBytes(12).toString("hex");
      responses.set(id, { asker, untilMs: nowMs() + RESPONSE_LIVES_MS, uses: 0 });
      return id;
    },
    useResponse(id) {
      const ticket = responses.get(id);
      if (ticket === undefined || nowMs() > ticket.untilMs) return { error: "expired_url" };
      if (ticket.uses >= RESPONSE_USES) return { error: "used_url" };
      ticket.uses += 1;
      return { asker: ticket.asker };
    },
  };
}
