/** From where on a sender's rule fires. `share`: 0 to 1. `plain`: a number whose unit the sender leaves to its rule. */
export type Threshold = { readonly amount: number; readonly unit: "bytes" | "share" | "plain" };
