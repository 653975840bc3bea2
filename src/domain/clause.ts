/** A sentence from elsewhere, without the stop at its end, so that the sentence it becomes a part of can go on. */
export function asClause(sentence: string): string {
  return sentence.trimEnd().replace(/\.$/, "");
}
