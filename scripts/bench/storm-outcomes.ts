/** Decisions that are taken while a storm goes on: each must have its outcome in its thread. */
import { controlsOf, type LabMessage, type LabSlack, type SlackClient } from "../lab/slack/index.ts";

export type StormOutcomes = {
  /** `redis.connections` of oomph.yaml. */
  readonly connections: Readonly<Record<string, { readonly url: string }>>;
  /** Asks for them, and waits for their cards. */
  prepare(people: SlackClient): Promise<void>;
  /** Approves one after the other, spread over the time. */
  decide(people: SlackClient, withinMs: number): Promise<void>;
  /** Presses again where there is no outcome: who is told that the store was busy does so. Returns how many. */
  again(people: SlackClient): Promise<number>;
  /** Approved, and without an outcome in their threads. */
  lost(): number;
};

const CARD_WITHIN_MS = 240_000;

export function createOutcomes({
  slack,
  count,
  urls,
}: {
  readonly slack: LabSlack;
  readonly count: number;
  /** Redis servers that decisions are about, one each. */
  readonly urls: readonly string[];
}): StormOutcomes {
  const names = Array.from({ length: count }, (_, index) => `decided-${index}`);
  const cards = new Map<string, LabMessage>();
  const ended = new Set<string>();
  slack.onOwnMessage((message, change) => {
    const text = `${message.text} ${JSON.stringify(message.blocks ?? [])}`;
    if (change === "posted" && controlsOf(message.blocks ?? []).some(({ actionId }) => actionId === "request_approve")) {
      const name = names.find((one) => text.includes(`redis/${one}`));
      if (name !== undefined) cards.set(name, message);
    }
    const thread = [...cards].find(([, card]) => card.thread_ts === message.thread_ts);
    if (thread !== undefined && change === "posted" && /Done, (?:and it helped|but it did not help)|Not done|look/.test(message.text))
      ended.add(thread[0]);
  });
  return {
    connections: Object.fromEntries(names.map((name, index) => [name, { url: urls[index % urls.length] ?? "" }])),
    async prepare(people) {
      for (const name of names) await people.command("responder", "decisions", `/oom run set-maxmemory redis/${name} --maxmemory 1gb`);
      const deadline = Date.now() + CARD_WITHIN_MS;
      while (cards.size < count) {
        if (Date.now() > deadline)
          throw new Error(`expected ${count} cards, got ${cards.size}: ${slack.responses().at(-1)?.text ?? "no answer"}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    async decide(people, withinMs) {
      for (const card of cards.values()) {
        await new Promise((resolve) => setTimeout(resolve, withinMs / (count + 1)));
        await people.click("approver", card, "request_approve");
      }
    },
    async again(people) {
      const open = [...cards].filter(([name]) => !ended.has(name));
      for (const [, card] of open) await people.click("approver", card, "request_approve");
      return open.length;
    },
    lost: () => count - ended.size,
  };
}
