type Given<Values> = { readonly [Key in keyof Values]?: Exclude<Values[Key], undefined> };

/** The same without what is undefined. */
export function given<Values extends Readonly<Record<string, unknown>>>(values: Values): Given<Values>;
export function given(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
