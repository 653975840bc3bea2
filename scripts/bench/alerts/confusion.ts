import type { Scored } from "./score.ts";

/** Who was taken for what: a row per expected class, in it the classes that were told, with how often. Markdown. */
export function confusionTable(scored: readonly Scored[]): string {
  const expected = [...new Set(scored.map((one) => one.expected.class))].toSorted();
  const rows = expected.map((kind) => {
    const own = scored.filter((one) => one.expected.class === kind);
    const others = [...new Set(own.map((one) => one.got.class))].filter((told) => told !== kind);
    const wrong = others.map((told) => `${told} ${own.filter((one) => one.got.class === told).length}`).join(", ");
    return `| ${kind} | ${own.length} | ${own.filter(({ isClassRight }) => isClassRight).length} | ${wrong || "none"} |`;
  });
  return ["| what it is | alerts | told so | told otherwise |", "|---|---|---|---|", ...rows].join("\n");
}

/** The same of decisions. */
export function decisionTable(scored: readonly Scored[]): string {
  const decisions = ["thread", "offer", "resolve", "nothing"] as const;
  const rows = decisions.map((wanted) => {
    const own = scored.filter((one) => one.expected.decision === wanted);
    return `| ${wanted} | ${decisions.map((told) => own.filter((one) => one.got.decision === told).length).join(" | ")} |`;
  });
  return [`| right \\ told | ${decisions.join(" | ")} |`, `|---|${decisions.map(() => "---|").join("")}`, ...rows].join("\n");
}
