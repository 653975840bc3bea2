/** What takes the place of a part of a text. */
export type Edit = { readonly start: number; readonly end: number; readonly text: string };
