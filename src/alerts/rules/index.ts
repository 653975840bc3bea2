import type { AlertRule } from "../../domain/alert-rule.ts";
import { EVICTED, KILLED, KILLED_ABROAD, KILLED_WORDS, RESTARTS } from "./killed.ts";
import { USAGE, USAGE_WORDS } from "./memory.ts";
import { NODE_WORDS, NODES } from "./nodes.ts";
import { OTHER_THINGS } from "./other-things.ts";
import { REDIS_GROWTH, REDIS_REFUSAL, REDIS_RULES, REDIS_WORDS, REDIS_WORDS_ABROAD } from "./redis.ts";
import { LEAK_WORDS, RUNBOOK } from "./runbook.ts";
import { OTHER_EXCEPTION, OUT_OF_MEMORY_WORDS, PERHAPS_OUT_OF_MEMORY, RUNTIME_OUT_OF_MEMORY, RUNTIMES } from "./runtimes.ts";
import { SILENT } from "./silent.ts";

/** Asked in this order, the first that fits decides: what an alert is called counts for more than what it says. */
export const BUILT_IN_RULES: readonly AlertRule[] = [
  REDIS_REFUSAL,
  ...OTHER_THINGS,
  ...SILENT,
  ...REDIS_GROWTH,
  ...RUNBOOK,
  ...KILLED,
  ...REDIS_RULES,
  ...EVICTED,
  ...NODES,
  RUNTIME_OUT_OF_MEMORY,
  OTHER_EXCEPTION,
  ...RUNTIMES,
  PERHAPS_OUT_OF_MEMORY,
  KILLED_WORDS,
  KILLED_ABROAD,
  NODE_WORDS,
  ...USAGE,
  ...RESTARTS,
  REDIS_WORDS,
  REDIS_WORDS_ABROAD,
  OUT_OF_MEMORY_WORDS,
  LEAK_WORDS,
  ...USAGE_WORDS,
];
