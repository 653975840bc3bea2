import type { DeliveryPriority } from "../domain/delivery.ts";
import { messageOf } from "../domain/errors.ts";
import type { Tables } from "../ports/store.ts";
import type { Desk } from "./desk.ts";

/** What committing needs of a desk. */
export type CommitDesk = Pick<Desk, "store" | "queue" | "ids" | "log">;

type Queued = { readonly said: Said[]; readonly raised: string[] };

type Said = { readonly deliveryId: string; readonly priority: DeliveryPriority };

/**
 * Runs `work` in one transaction of the store and, once it is committed, queues the sending of everything that was said
 * or raised in it. Work that throws rolls all of it back. A queue that is away is only logged: the sweeper finds what is due.
 */
export async function commit<Result>(desk: CommitDesk, work: (tables: Tables) => Promise<Result>): Promise<Result> {
  let queued: Queued = { said: [], raised: [] };
  const result = await desk.store.transaction((tables) => {
    queued = { said: [], raised: [] }; // a store may run the work again after a serialisation conflict
    return work(listening(tables, queued));
  });
  await Promise.all([...queued.said.map((one) => queueDelivery(desk, one)), ...queued.raised.map((id) => queueEscalation(desk, id))]);
  return result;
}

/** A queue that is away is only logged: the sweeper finds what is due. */
export async function queueInvestigation(desk: Pick<Desk, "queue" | "log">, investigationId: string, delayMs = 0): Promise<void> {
  // One that waits its time may be wanted at once after all: that is another job, and the first to come carries it out.
  const when = delayMs > 0 ? { id: `${investigationId}-later`, delayMs } : { id: investigationId };
  try {
    await desk.queue.add("investigate", { investigationId }, when);
  } catch (error) {
    desk.log.warn({ investigationId, because: messageOf(error) }, "could not queue an investigation, the sweeper will");
  }
}

/** Queues the sending of one message now; a failure is only logged, because the sweeper finds what is due. */
export async function queueDelivery(desk: Pick<Desk, "queue" | "ids" | "log">, { deliveryId, priority }: Said): Promise<void> {
  try {
    // An id of its own each time: a sender that is just finishing must not swallow the news that there is more to send.
    await desk.queue.add("deliver", { deliveryId }, { id: `${deliveryId}-${desk.ids.next("d")}`, priority });
  } catch (error) {
    desk.log.warn({ deliveryId, because: messageOf(error) }, "could not queue a delivery, the sweeper will");
  }
}

/** Queues the sending of an issue or a mail now; as with a message, the sweeper finds what could not be queued. */
export async function queueEscalation(desk: Pick<Desk, "queue" | "ids" | "log">, escalationId: string): Promise<void> {
  try {
    await desk.queue.add("escalate", { escalationId }, { id: `${escalationId}-${desk.ids.next("e")}` });
  } catch (error) {
    desk.log.warn({ escalationId, because: messageOf(error) }, "could not queue an escalation, the sweeper will");
  }
}

function listening(tables: Tables, { said, raised }: Queued): Tables {
  const outbox: Tables["outbox"] = {
    ...tables.outbox,
    async say(saying, newId, nowMs) {
      const deliveryId = await tables.outbox.say(saying, newId, nowMs);
      if (!said.some((one) => one.deliveryId === deliveryId)) said.push({ deliveryId, priority: saying.priority });
      return deliveryId;
    },
  };
  const escalations: Tables["escalations"] = {
    ...tables.escalations,
    async raise(raising, how) {
      const id = await tables.escalations.raise(raising, how);
      if (!raised.includes(id)) raised.push(id);
      return id;
    },
  };
  return { ...tables, outbox, escalations };
}
