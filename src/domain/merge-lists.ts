type Lists<Known, Missing> = { readonly known: readonly Known[]; readonly missing: readonly Missing[] };

/** Makes one list of several. The same lists give the very same one again: what was made of it, such as an index, still holds. */
export function listMerger<Known, Missing>(): (lists: readonly Lists<Known, Missing>[]) => Lists<Known, Missing> {
  let last: { readonly of: readonly Lists<Known, Missing>[]; readonly merged: Lists<Known, Missing> } | undefined;
  return (lists) => {
    const isSame = last?.of.length === lists.length && lists.every((list, index) => list === last?.of[index]);
    if (last === undefined || !isSame)
      last = {
        of: lists,
        merged: { known: lists.flatMap(({ known }) => known), missing: lists.flatMap(({ missing }) => missing) },
      };
    return last.merged;
  };
}
