import type { ContainerHosts } from "../../src/ports/containers.ts";
import type { MemoryBoard } from "../../src/ports/memory-history.ts";
import { createJudge } from "../../src/alerts/judge.ts";
import { createAlertReader } from "../../src/alerts/read-alert.ts";
import type { Front } from "../../src/commands/front.ts";
import { createReceive, type Receiver } from "../../src/commands/receive.ts";
import { createTakeOn } from "../../src/commands/take-on.ts";
import type { AccessRules } from "../../src/domain/access.ts";
import type { Inbound, Receive } from "../../src/ports/inbound.ts";
import type { DeliveryContent } from "../../src/domain/delivery.ts";
import type { Stray } from "../../src/domain/stray.ts";
import { keepStrays } from "../../src/jobs/keep-strays.ts";
import { CHANNEL, REQUESTER, startDesk, type TestDesk } from "./desk.ts";
import { createFakeChat, type FakeChat } from "./fake-chat.ts";
import { seen } from "./seen.ts";

/** Everything between the chat's adapter and the desk, on a real store and queue. */
export type TestFront = {
  readonly test: TestDesk;
  readonly chat: FakeChat;
  readonly front: Front;
  readonly receiver: Receiver;
  /** Before the acknowledgement. */
  readonly takeOn: Receive;
  /** `/oom <text>`: what its sender is answered, as lines. */
  oom(text: string, userId?: string): Promise<string>;
  click(click: Partial<Extract<Inbound, { kind: "click" }>>): Promise<string>;
  /** What is to be said in a slot, as lines. */
  slot(name: string): Promise<string>;
  /** Names that are not known, of the newest round of the channel. */
  strays(): Promise<readonly Stray[]>;
  /** What people are asked about them below a post, or outside threads, once Slack has been given all that was said before. */
  asked(threadTs?: string): Promise<string>;
};

const judge = createJudge();

/** No Docker host is configured. */
export const NO_HOSTS: ContainerHosts = {
  names: () => [],
  host: (name) => {
    throw new Error(`there is no Docker host named ${name}`);
  },
  close: async () => undefined,
};

const NO_MEMORY: MemoryBoard = {
  top: async () => ({ rows: [], down: [], missing: [], sources: 0 }),
  picture: async () => undefined,
  illustrate: async () => undefined,
};

export async function startFront(
  options: {
    readonly rules?: AccessRules;
    readonly targets?: TestDesk["desk"]["targets"];
    readonly memory?: MemoryBoard;
    readonly hosts?: ContainerHosts;
    readonly clusters?: Front["clusters"];
  } = {},
): Promise<TestFront> {
  const test = await startDesk(options.rules === undefined ? {} : { rules: options.rules });
  const desk = options.targets === undefined ? test.desk : { ...test.desk, targets: options.targets };
  const chat = createFakeChat();
  const steps = [{ id: "redis.info", title: "Memory and policy" }];
  const redis = { id: "redis-memory", title: "Redis memory", targetKind: "redis", problem: "redis-memory", steps } as const;
  const container = {
    id: "container-memory",
    title: "Container memory",
    targetKind: "docker",
    problem: "container-memory",
    steps,
  } as const;
  const runbooks = options.hosts === undefined ? [redis] : [redis, container];
  const front: Front = {
    desk,
    chat,
    runbooks,
    alertChannels: [CHANNEL],
    incidentChannel: CHANNEL,
    readAlert: createAlertReader(judge),
    hosts: options.hosts ?? NO_HOSTS,
    clusters: options.clusters,
    memory: options.memory ?? NO_MEMORY,
  };
  const receiver = createReceive(front);
  const lines = (content: DeliveryContent | undefined): string => (content?.kind === "message" ? seen(content.message).join("\n") : "");
  const strays = async (): Promise<readonly Stray[]> => {
    const roundMs = await desk.store.strays.newestRound(CHANNEL);
    return roundMs === undefined ? [] : desk.store.strays.ofRound({ channel: CHANNEL, roundMs });
  };
  return {
    test,
    chat,
    front,
    receiver,
    takeOn: createTakeOn({ ...desk, readAlert: front.readAlert, alertChannels: front.alertChannels, atOnce: receiver.atOnce }),
    async oom(text, userId = REQUESTER) {
      const before = chat.responses.length;
      await receiver.handle({
        kind: "command",
        id: "t1",
        userId,
        channel: CHANNEL,
        text,
        responseUrl: "https://hooks.example/1",
        receivedAtMs: 0,
      });
      return chat.responses
        .slice(before)
        .flatMap(({ message }) => seen(message))
        .join("\n");
    },
    async click(click) {
      const before = chat.whispers.length;
      await receiver.handle({
        kind: "click",
        id: "t2",
        userId: REQUESTER,
        channel: CHANNEL,
        threadTs: "1.2",
        actionId: "",
        value: "",
        receivedAtMs: 0,
        ...click,
      });
      return chat.whispers
        .slice(before)
        .flatMap(({ message }) => seen(message))
        .join("\n");
    },
    async slot(name) {
      return lines((await desk.store.outbox.bySlot(name))?.content);
    },
    strays,
    async asked(threadTs) {
      const { outbox } = desk.store;
      for (const { id, revision } of await outbox.due(desk.clock.nowMs(), 100)) await outbox.sent(id, { revision, ts: "1.5" });
      await keepStrays(desk);
      const below = (await strays()).filter((stray) => stray.threadTs === threadTs);
      const told = await Promise.all(below.map(async ({ id }) => lines((await outbox.bySlot(`${id}/question`))?.content)));
      return told.join("\n");
    },
  };
}
