import { formatBytes } from "../../../domain/bytes.ts";
import { formatCount } from "../../../domain/count.ts";
import { compareHistograms, type ObjectGrowth, type ObjectKind } from "../../../domain/heap/object-histogram.ts";
import { shown } from "../../words.ts";
import { signedBytes, signedCount, textFile } from "./files.ts";
import type { HeapProfileScope, Taken } from "./schema.ts";
import type { TakenHistogram } from "./take-histogram.ts";

const MOST_ROWS = 6;
const MOST_LISTED = 40;

/** Two histograms: of what there is most, and of what there came to be more. */
export function tellHistograms([first, second]: readonly [TakenHistogram, TakenHistogram], scope: HeapProfileScope, how: string): Taken {
  const growth = compareHistograms(first.kinds, second.kinds);
  const grownOf = new Map(growth.map((kind) => [kind.name, kind]));
  const [most] = second.kinds;
  const [grower] = growth.filter(({ grownBytes, grownCount }) => (grownBytes ?? grownCount) > 0);
  return {
    says: `${most === undefined ? "Nothing was listed" : `Of ${shown(most.name)} there is most in ${scope.pod} (${amount(most)})`}.${
      grower === undefined ? " Nothing grew." : ` ${shown(grower.name)} grew most within ${scope.seconds} s (${grownBy(grower)}).`
    }`,
    rows: second.kinds
      .slice(0, MOST_ROWS)
      .map((kind) => ({ what: shown(kind.name), before: amount(earlier(grownOf.get(kind.name), kind)), after: amount(kind) })),
    notes: [`Counted by ${how}.`],
    files: [
      textFile(scope, { suffix: "-objects-1.txt", what: "Objects, first look", text: first.text }),
      textFile(scope, { suffix: "-objects-2.txt", what: "Objects, second look", text: second.text }),
      textFile(scope, { suffix: "-objects-grown.txt", what: "What grew between the two", text: growthText(growth) }),
    ],
  };
}

function amount({ bytes, count }: ObjectKind): string {
  return bytes === undefined ? formatCount(count) : `${formatBytes(bytes)} in ${formatCount(count)}`;
}

function earlier(growth: ObjectGrowth | undefined, { name, bytes, count }: ObjectKind): ObjectKind {
  const was = { name, count: count - (growth?.grownCount ?? 0) };
  return bytes === undefined ? was : { ...was, bytes: bytes - (growth?.grownBytes ?? 0) };
}

function grownBy({ grownBytes, grownCount }: ObjectGrowth): string {
  return grownBytes === undefined ? signedCount(grownCount) : `${signedBytes(grownBytes)} in ${signedCount(grownCount)}`;
}

function growthText(growth: readonly ObjectGrowth[]): string {
  const grown = growth.filter(({ grownBytes, grownCount }) => grownCount !== 0 || (grownBytes ?? 0) !== 0).slice(0, MOST_LISTED);
  if (grown.length === 0) return "Nothing changed between the two.\n";
  return `${grown.map((kind) => `${signedBytes(kind.grownBytes ?? 0).padStart(12)} ${signedCount(kind.grownCount).padStart(12)}  ${kind.name}`).join("\n")}\n`;
}
