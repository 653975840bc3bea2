/** A value with the evidence that it was read from. */
export type Seen<Value> = { readonly evidenceId: string; readonly value: Value };

/** Something that could not be looked at; `step` names what is missing. */
export type Gap = { readonly step: string; readonly code: string; readonly because: string };
