import type { AlertFacts } from "../domain/alert.ts";
import { parseBytes } from "../domain/bytes.ts";
import type { Threshold } from "../domain/threshold.ts";

const MOST_CHARACTERS = 4_000;
const AMOUNT = String.raw`(\d{1,15}(?:\.\d{1,6})?)(?!\d) {0,2}(%|[kmgt]i?b\b)?`;
// `threshold (80.0)`, `threshold: 500MB`
const NAMED = new RegExp(String.raw`\bthreshold[^\w\n]{1,4}(?:of |is )?${AMOUNT}`, "i");
// `above 90%`, `more than 500 MB`, `> 0.9`
const COMPARED = new RegExp(
  String.raw`(?:\b(?:above|over|exceed(?:s|ed|ing)?|(?:more|greater|higher) than)|>=?) {0,2}(?:the )?${AMOUNT}`,
  "i",
);

// As Prometheus writes it: `> 1e+07`
const MEASURED = />=? {0,2}(\d{1,15}(?:\.\d{1,6})?(?:e[+-]?\d{1,2})?)$/;
// A megabyte is a million bytes to Prometheus, to others 2^20: up to terabytes the two are not further apart.
const SAME = 0.1;

/**
 * From where on its sender's rule fires, by a label, by its words, or by what Prometheus has compared. Where the last two tell of
 * the same size, the figure that was compared is the exact one.
 */
export function thresholdIn({ labels, text, metric }: Pick<AlertFacts, "labels" | "text" | "metric">): Threshold | undefined {
  const words = text.slice(0, MOST_CHARACTERS);
  const labelled = labels["threshold"]?.slice(0, 40);
  const said = readAmount(NAMED.exec(words)) ?? readAmount(COMPARED.exec(words));
  const compared = readAmount(MEASURED.exec((metric ?? "").trim()));
  const isSame = said?.unit === "bytes" && compared !== undefined && Math.abs(compared.amount / said.amount - 1) < SAME;
  return (
    readAmount(labelled === undefined ? null : new RegExp(`^${AMOUNT}$`, "i").exec(labelled)) ??
    (isSame ? { amount: compared.amount, unit: "bytes" } : (said ?? compared))
  );
}

function readAmount(match: RegExpExecArray | null): Threshold | undefined {
  const [, digits, unit = ""] = match ?? [];
  if (digits === undefined) return undefined;
  if (unit === "%") return { amount: Number(digits) / 100, unit: "share" };
  if (unit === "") return { amount: Number(digits), unit: "plain" };
  const bytes = parseBytes(`${digits}${unit}`);
  return bytes === undefined ? undefined : { amount: bytes, unit: "bytes" };
}
