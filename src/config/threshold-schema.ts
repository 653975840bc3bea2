import { z } from "zod";
import { duration, size, whole } from "./kinds.ts";
import { setting } from "./setting-schema.ts";

const MILLION = 1_000_000;

/** `kubernetes.thresholds`: by the names of the classes of alerts. Defaults: DEFAULT_THRESHOLDS in src/domain/alert-thresholds.ts. */
export const thresholds = z.strictObject({
  memory_growth: z
    .strictObject({
      warning: setting(size, { says: "Memory grows by more than this an hour", fallback: "10MiB" }),
      critical: setting(size, { says: "By more than this an hour it is critical", fallback: "50MiB" }),
    })
    .prefault({ warning: "", critical: "" }),
  memory_leak: z
    .strictObject({ events: setting(whole(0, MILLION), { says: "More growth events than this an hour", fallback: "5" }) })
    .prefault({ events: "" }),
  object_growth: z
    .strictObject({ objects: setting(whole(0, 1_000 * MILLION), { says: "More new objects than this an hour", fallback: "1000" }) })
    .prefault({ objects: "" }),
  memory_high: z
    .strictObject({
      warning: setting(size, { says: "More memory than this is in use", fallback: "500MiB" }),
      critical: setting(size, { says: "From here on it is critical", fallback: "1GiB" }),
      percentOfLimit: setting(whole(1, 100), { says: "Or more than this share of the limit", fallback: "80" }),
    })
    .prefault({ warning: "", critical: "", percentOfLimit: "" }),
  gc_pressure: z
    .strictObject({ collections: setting(whole(0, MILLION), { says: "More collections than this a second", fallback: "10" }) })
    .prefault({ collections: "" }),
  metrics_missing: z.strictObject({ for: setting(duration, { says: "No metrics for so long", fallback: "10m" }) }).prefault({ for: "" }),
  container_restarts: z
    .strictObject({ within: setting(duration, { says: "A restart counts as one that the alert means so long", fallback: "1h" }) })
    .prefault({ within: "" }),
});
