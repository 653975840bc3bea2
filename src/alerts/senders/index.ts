import type { Sender } from "./sender.ts";
import { wazuh } from "./wazuh/index.ts";

/** Asked in this order; the first that knows a post or a JSON as its own has it. */
export const SENDERS: readonly Sender[] = [wazuh];
