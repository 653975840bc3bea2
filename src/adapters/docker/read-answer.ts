import { OomphError } from "../../domain/errors.ts";
import type { Schema } from "./schema.ts";

/** An answer as its schema says. Throws OomphError `refused` naming what was not as expected. */
export function readAnswer<Value>(schema: Schema<Value>, answer: unknown, from: string): Value {
  const read = schema.safeParse(answer);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? "it" : issue.path.join(".");
  throw new OomphError(
    "refused",
    `${from} was answered in a form that Oomph does not know (${where}: ${issue?.message ?? "unreadable"}). Is this address a Docker daemon's, 20.10 or newer?`,
  );
}
