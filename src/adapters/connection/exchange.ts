import type { ClientRequest, IncomingMessage } from "node:http";

/** One request over a kept connection, and how long it may take. */
export type Exchange = {
  /** Makes and sends it, to be ended with `signal`. Called again when a kept socket turned out to be dead. */
  begin(signal: AbortSignal): ClientRequest;
  /** Only reads: may be asked twice. */
  readonly mayRepeat: boolean;
  readonly connectTimeoutMs: number;
  /** Until the first byte of the answer, and until its last unless `endless`. */
  readonly answerTimeoutMs: number;
  /** Once it answers, it may go on as long as it likes. */
  readonly endless?: boolean;
  readonly signal?: AbortSignal;
};

/** Codes of the errors that `exchange` throws itself. */
export const LATE = { connect: "OOMPH_LATE_CONNECT", answer: "OOMPH_LATE_ANSWER" } as const;

/**
 * From sending to what `take` makes of the answer. Throws the signal's reason when that is aborted, an Error with one of
 * LATE's codes when it took too long, and what the socket or `take` threw.
 */
export async function exchange<Value>(work: Exchange, take: (answer: IncomingMessage) => Promise<Value>): Promise<Value> {
  work.signal?.throwIfAborted();
  const abort = new AbortController();
  const onAbort = (): void => abort.abort(work.signal?.reason);
  work.signal?.addEventListener("abort", onAbort, { once: true });
  const timer = setTimeout(() => abort.abort(coded(LATE.answer)), work.answerTimeoutMs);
  try {
    const answer = await sendSurely(work, abort);
    if (work.endless === true) clearTimeout(timer);
    return await take(answer);
  } catch (error) {
    work.signal?.throwIfAborted();
    throw abort.signal.aborted ? abort.signal.reason : error;
  } finally {
    clearTimeout(timer);
    work.signal?.removeEventListener("abort", onAbort);
  }
}

/** An Error that is known by its code alone. */
export function coded(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** The code of a Node error, of its cause, or of the first of several that an AggregateError holds; empty where there is none. */
export function codeIn(error: unknown): string {
  if (typeof error !== "object" || error === null) return "";
  if ("code" in error && typeof error.code === "string") return error.code;
  if (error instanceof AggregateError) return codeIn(error.errors[0]);
  return error instanceof Error ? codeIn(error.cause) : "";
}

/** A kept socket may have been closed on the other side a moment ago: what only reads is then asked once more. */
async function sendSurely(work: Exchange, abort: AbortController): Promise<IncomingMessage> {
  const first = begin(work, abort);
  try {
    return await answerOf(first);
  } catch (error) {
    if (!first.reusedSocket || !work.mayRepeat || abort.signal.aborted) throw error;
    return answerOf(begin(work, abort));
  }
}

function begin(work: Exchange, abort: AbortController): ClientRequest {
  const sent = work.begin(abort.signal);
  sent.once("socket", (socket) => {
    if (!socket.connecting) return;
    const timer = setTimeout(() => abort.abort(coded(LATE.connect)), work.connectTimeoutMs);
    socket.once("encrypted" in socket ? "secureConnect" : "connect", () => clearTimeout(timer));
    socket.once("close", () => clearTimeout(timer));
    socket.setKeepAlive(true, 30_000); // a stream may be silent for hours
  });
  return sent;
}

function answerOf(sent: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    sent.once("response", resolve);
    sent.on("error", reject); // stays: one that comes after the answer is told by the body
  });
}
