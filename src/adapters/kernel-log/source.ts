import type { KernelOomReading } from "../../domain/kernel-oom/types.ts";

/** What one way to the kernel's log gave. */
export type SourceReading =
  | {
      readonly kind: "read";
      readonly reading: KernelOomReading;
      /** Age of the oldest line by the kernel's clock, where the source begins somewhere. */
      readonly oldestSeconds?: number | undefined;
    }
  | { readonly kind: "refused"; readonly because: string };
