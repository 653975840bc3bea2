import { readdirSync, readFileSync } from "node:fs";

/** An input as a sender's webhook, a Slack message in JSON, or pasted text, with what a right reading says: an item per alert. */
export type LabelledAlert = {
  readonly id: string;
  readonly says?: string;
  readonly input: unknown;
  readonly expect: readonly ExpectedAlert[];
};

export type ExpectedAlert = {
  readonly memory: boolean | "unknown";
  readonly class: string;
  readonly status?: "resolved";
  readonly severity?: string;
  /** ISO 8601 in UTC. */
  readonly startsAt?: string;
  /** Of the target each key that matters; `null`: it must not be there; `names`: these must be among them. */
  readonly target?: Readonly<Record<string, unknown>>;
};

const FOLDER = new URL("../../../test/fixtures/alerts/", import.meta.url);

/** Written later than `own`, and labelled before they were read. */
export const HELD_OUT = ["held-out", "held-out-2", "held-out-3", "held-out-4", "held-out-5", "held-out-6"] as const;

/**
 * The project's own labelled alerts, with the file that each stands in. The held-out sets were labelled before Oomph had
 * read any of them, so that their first run told something; see docs/alerts.md.
 */
export function labelledAlerts(set: "own" | (typeof HELD_OUT)[number] = "own"): readonly LabelledAlert[] {
  const folder = set === "own" ? FOLDER : new URL(`${set}/`, FOLDER);
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .flatMap((name) => {
      const cases = JSON.parse(readFileSync(new URL(name, folder), "utf8")) as readonly LabelledAlert[];
      return cases.map((one) => ({ ...one, id: `${name.replace(/\.json$/, "")}: ${one.id}` }));
    });
}
