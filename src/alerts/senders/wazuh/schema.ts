import { z } from "zod";

/*
 * An alert as Wazuh's manager writes it (alerts.json, and the file that its integrator gives to scripts): only what is
 * needed. Some fields come as numbers from older managers. Source: Wazuh, "Alert management"; its own integrations.
 */

const Text = z.union([z.string(), z.number()]).transform(String);
const Name = Text.pipe(z.string().max(256));

const WazuhAlert = z.object({
  id: Text.pipe(z.string().min(1).max(128)),
  timestamp: z.string().max(64).exactOptional(),
  rule: z.object({
    id: Name,
    level: z.coerce.number().int().min(0).max(16),
    description: z.string().default(""),
  }),
  agent: z.object({ id: Name.exactOptional(), name: Name.exactOptional() }).exactOptional(),
  predecoder: z.object({ hostname: Name.exactOptional() }).exactOptional(),
  location: z.string().exactOptional(),
  full_log: z.string().default(""),
});

export type WazuhAlert = z.infer<typeof WazuhAlert>;

export type WazuhParsed =
  | { readonly kind: "alert"; readonly alert: WazuhAlert }
  /** `because` names fields, never their values. */
  | { readonly kind: "unfit"; readonly because: string };

/** Checks what claims to be an alert of Wazuh's. */
export function parseWazuhAlert(value: unknown): WazuhParsed {
  const parsed = WazuhAlert.safeParse(value);
  if (parsed.success) return { kind: "alert", alert: parsed.data };
  const because = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "the body"}: ${message}`).join("; ");
  return { kind: "unfit", because: because.slice(0, 500) };
}
