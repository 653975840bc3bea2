import { z } from "zod";

/** A text column that holds JSON. */
export function json<Value extends z.ZodType>(schema: Value) {
  return z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.issues.push({ code: "custom", message: "expected JSON", input: text });
        return z.NEVER;
      }
    })
    .pipe(schema);
}
