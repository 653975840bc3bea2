import type { ExitCode } from "./exit-codes.ts";
import { catchInterrupts } from "./interrupts.ts";
import type { Io } from "./io.ts";
import { printable } from "./printable.ts";
import { openRequestDesk, serviceConfig } from "./request-desk.ts";
import { askedWords } from "./request-words.ts";
import { sayCardLink, seeToEnd } from "./see-to-end.ts";
import { isEnded, readStanding } from "./standing.ts";

export type FollowOptions = { readonly requestId: string; readonly json?: true; readonly config?: string };

/** `oomph follow <request>`: what becomes of a request, whoever asked for it. */
export async function follow({ requestId, json, config }: FollowOptions, io: Io): Promise<ExitCode> {
  const interrupts = catchInterrupts();
  const desk = await openRequestDesk(serviceConfig(await io.sources(), config), io);
  try {
    const standing = await readStanding(desk.desk.store, requestId);
    if (json !== true) io.out(printable(`${standing.request.plan.summary}\n${askedWords(standing, desk).join("\n")}\n`));
    const silent = json === true || isEnded(standing);
    const link = await sayCardLink(desk, { requestId, withinMs: 0, signal: interrupts.signal, silent }, io);
    return await seeToEnd(desk, { requestId, link, json: json === true, interrupts }, io);
  } finally {
    interrupts.ignoreNoMore();
    await desk.close();
  }
}
