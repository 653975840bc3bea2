import { PROBLEMS, type Incident } from "../domain/incident.ts";
import type { Message } from "../domain/message.ts";
import { fingerprintOf } from "../incidents/opening.ts";
import { relatedNote, type RelatedFacts } from "../messages/related-note.ts";
import type { Tables } from "../ports/store.ts";

type Line = {
  readonly slot: string;
  readonly priority: 2 | 3;
  readonly message: Message;
  /** In the thread of this one instead. */
  readonly of?: Incident;
};

/** In the thread of a new incident what else is known of its target, and in the threads of the others that it has opened. */
export async function relatedLines(tables: Tables, incident: Incident): Promise<readonly Line[]> {
  const facts = await relatedTo(tables, incident);
  const [here, there] = [relatedNote(incident.target, facts), relatedNote(incident.target, { others: [incident] })];
  // One of a storm has no thread.
  const others = facts.others.filter(({ stormId }) => stormId === undefined);
  return [
    ...(here === undefined ? [] : [{ slot: `${incident.id}/related`, priority: 2, message: here } as const]),
    ...(there === undefined
      ? []
      : others.map((of) => ({ slot: `${of.id}/related/${incident.id}`, priority: 3, message: there, of }) as const)),
  ];
}

/** The last incident of the same target and problem, and those of other problems of the target that are open now. */
async function relatedTo({ incidents }: Tables, { id, fingerprint, target, problem }: Incident): Promise<RelatedFacts> {
  const earlier = await incidents.lastResolved(fingerprint);
  const others = await Promise.all(
    PROBLEMS.filter((other) => other !== problem).map((other) => incidents.unresolved(fingerprintOf(target, other))),
  );
  return {
    ...(earlier === undefined || earlier.id === id ? {} : { earlier }),
    others: others.filter((other) => other !== undefined),
  };
}
