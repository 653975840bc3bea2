import { messageOf } from "../domain/errors.ts";
import type { Desk } from "../incidents/desk.ts";
import { STATE_WORDS } from "../messages/request-card.ts";
import type { ExitCode } from "./exit-codes.ts";
import { followRequest } from "./follow-request.ts";
import type { Interrupts } from "./interrupts.ts";
import type { Io } from "./io.ts";
import { printable } from "./printable.ts";
import type { RequestDesk } from "./request-desk.ts";
import { endedWords, nextStep, requestJson } from "./request-words.ts";
import { exitCodeOf, isEnded, type Standing } from "./standing.ts";

const LOOK_EVERY_MS = 100;

/** What finds a card. */
type CardDesk = { readonly desk: Pick<Desk, "store" | "clock">; readonly chat: Pick<RequestDesk["chat"], "permalink"> };

type Looking = {
  readonly requestId: string;
  /** How long to wait for it. */
  readonly withinMs: number;
  readonly signal: AbortSignal;
  /** Nothing is said of it. */
  readonly silent: boolean;
};

/** Says where a request is decided, and returns it; undefined: its card is not in Slack yet, or Slack does not say where. */
export async function sayCardLink(desk: CardDesk, looking: Looking, io: Pick<Io, "out">): Promise<string | undefined> {
  const link = await cardLink(desk, looking);
  if (link !== undefined && !looking.silent) io.out(`Approved or denied here: ${link}\n`);
  return link;
}

async function cardLink({ desk, chat }: CardDesk, { requestId, withinMs, signal }: Looking): Promise<string | undefined> {
  const until = desk.clock.nowMs() + withinMs;
  for (;;) {
    const card = await desk.store.outbox.bySlot(`${requestId}/card`);
    if (card?.ts !== undefined) return chat.permalink({ channel: card.channel, ts: card.ts }).catch(() => undefined);
    if (signal.aborted || desk.clock.nowMs() >= until) return undefined;
    await desk.clock.sleep(LOOK_EVERY_MS);
  }
}

type Seeing = {
  readonly requestId: string;
  /** Of its card; undefined: it was not in Slack yet, and is said when it is. */
  readonly link: string | undefined;
  readonly json: boolean;
  readonly interrupts: Interrupts;
};

/** Follows a request on standard error until it has ended, and reports how on standard output. Ctrl-C ends the following only. */
export async function seeToEnd(desk: RequestDesk, { requestId, link: known, json, interrupts }: Seeing, io: Io): Promise<ExitCode> {
  const over = new AbortController();
  const looking = { requestId, withinMs: Number.POSITIVE_INFINITY, signal: over.signal, silent: json };
  // Whoever follows hears of a store that is away.
  const linked = known === undefined ? sayCardLink(desk, looking, io).catch(() => undefined) : Promise.resolve(known);
  io.err(`\nFollowing it. Ctrl-C stops that and nothing else; "oomph cancel ${requestId}" takes the request back.\n`);
  try {
    const standing = await followRequest(requestId, {
      tables: desk.desk.store,
      processes: desk.processes,
      name: desk.name,
      signal: interrupts.signal,
      tell: (says, atMs) => io.err(`${new Date(atMs).toISOString().slice(11, 19)} UTC  ${printable(says)}\n`),
    });
    over.abort();
    const link = await linked;
    if (json) io.out(await standingJson(desk, standing, link));
    if (isEnded(standing)) {
      if (!json) io.out(printable(`\n${endedWords(standing, nextOf(desk, standing))}`));
      return exitCodeOf(standing);
    }
    io.err(stopped(requestId, STATE_WORDS[standing.request.state].title));
    return interrupts.exitCode();
  } catch (error) {
    if (!interrupts.signal.aborted) throw error;
    io.err(stopped(requestId, messageOf(error)));
    return interrupts.exitCode();
  } finally {
    over.abort();
    await linked;
  }
}

function stopped(requestId: string, how: string): string {
  return `\nStopped following. The request goes on without this command (${how}): "oomph follow ${requestId}" follows it again.\n`;
}

/** One document for scripts. */
export async function standingJson({ desk, actions }: RequestDesk, standing: Standing, link: string | undefined): Promise<string> {
  const incident = await desk.store.incidents.get(standing.request.incidentId);
  const next = nextOf({ actions }, standing);
  return `${JSON.stringify(requestJson({ ...standing, next, link, channel: incident?.channel }), null, 2)}\n`;
}

function nextOf({ actions }: Pick<RequestDesk, "actions">, standing: Standing) {
  return nextStep(
    actions.find(({ id }) => id === standing.request.actionId),
    standing,
  );
}
