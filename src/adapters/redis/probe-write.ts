import type { WriteProbe } from "../../ports/key-value-server.ts";
import type { Link } from "./link.ts";

/**
 * Sets a key that does not exist, on condition that it exists. Redis looks at its memory before it looks at the
 * condition: a full server refuses, another one does nothing at all. No key is written, replicated or notified.
 */
export async function probeWith(link: Link, unusedName: string): Promise<WriteProbe> {
  const [answer] = await link.askAll([{ name: "SET", args: [unusedName, "", "XX"] }]);
  if (answer?.kind !== "refusal") return { kind: "accepted" };
  const error = answer.refusal.text;
  switch (answer.refusal.word) {
    case "OOM":
      return { kind: "refused-oom", error };
    case "READONLY":
      return { kind: "refused-read-only", error };
    case "MISCONF":
      return { kind: "refused-misconf", error };
    case "NOREPLICAS":
      return { kind: "refused-no-replicas", error };
    case "NOPERM":
      return { kind: "no-rights", error: `${error} The probe needs +set and ~oomph:probe:*; it never writes.` };
    default:
      throw await link.explain(answer.refusal, "SET");
  }
}
