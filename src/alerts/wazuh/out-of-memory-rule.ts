import type { AlertKill } from "../../domain/alert.ts";
import { visibleStart } from "../visible-start.ts";
import { killWithoutLine } from "../kills-in.ts";

/** "System running out of memory", whoever's memory it was: the rule says so for kills within a cgroup too. Source: Wazuh, 0020-syslog_rules. */
const RULE_ID = "5108";

type Rule = { readonly id: string; readonly description: string };

/** What the rule alone is worth, where the log line under it names no kill. Undefined: another rule. */
export function killByRule({ id, description }: Rule, log: string): readonly AlertKill[] | undefined {
  if (id !== RULE_ID && !/\bsystem running out of memory\b/i.test(description)) return undefined;
  return [killWithoutLine(`Wazuh says that memory ran out, by a line that names nobody killed: "${visibleStart(log)}"`)];
}
