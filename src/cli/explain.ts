import { counted } from "../domain/count.ts";
import type { KernelOomReading } from "../domain/kernel-oom/types.ts";
import type { AlertResult } from "./alert-result.ts";
import { explainAlert } from "./explain-alert.ts";
import { explainKernelKills, explainQuietLog } from "./explain-kernel-log.ts";
import { explainRedis, type RedisResult } from "./explain-redis.ts";
import type { Explained } from "./explained.ts";

/** A kind per recogniser; scripts tell them apart by `kind`. */
type KnownResult = RedisResult | KernelOomReading | AlertResult;
type Unknown = { readonly kind: "unknown"; readonly because: string };

export type Explanation = Explained<KnownResult | Unknown>;

type Recogniser = (text: string) => Explained<KnownResult> | undefined;

// Asked in this order; the first that knows the text has it: an alert before the log line that it carries. Each is pure and has a file of its own.
const RECOGNISERS: readonly Recogniser[] = [explainAlert, explainKernelKills, explainRedis, explainQuietLog];

/** Says what a pasted text means, with the same rules as an investigation. Pure. */
export function explain(text: string): Explanation {
  for (const recognise of RECOGNISERS) {
    const explained = recognise(text);
    if (explained !== undefined) return explained;
  }
  const got = text.trim() === "" ? "nothing" : `${counted(text.length, "character")} with none of these`;
  const because = `Expected the output of \`redis-cli INFO\` (or a part of it with used_memory and maxmemory), a log with "OOM command not allowed when used memory > 'maxmemory'", a kernel's log (\`dmesg\`, \`journalctl -k\`, /var/log/syslog), or an alert of Wazuh's in JSON; got ${got}.`;
  return { result: { kind: "unknown", because }, text: `${because}\n` };
}
