/** From the most telling to the least. `time`: nothing is shared but that it happens now. */
export const TRAIT_KINDS = ["node", "project", "image", "namespace", "host", "cluster", "source", "time"] as const;
export type TraitKind = (typeof TRAIT_KINDS)[number];

/** What an incident may share with others. */
export type Trait = { readonly kind: TraitKind; readonly value: string };
