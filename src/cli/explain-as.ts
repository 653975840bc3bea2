import type { Judge } from "../alerts/judge.ts";
import { createGenericReader } from "../alerts/senders/generic/index.ts";
import { SENDERS } from "../alerts/senders/index.ts";
import type { ReadSent } from "../alerts/senders/sender.ts";
import type { AlertSource } from "../domain/alert.ts";
import { messageOf, OomphError } from "../domain/errors.ts";
import type { WebhookConfig } from "../config/build-webhooks.ts";
import type { AlertResult } from "./alert-result.ts";
import { toldAlert } from "./explain-alert.ts";
import type { Explained } from "./explained.ts";

/** How what one webhook takes is read. `name`: as in its route, `alertmanager`, `generic/zabbix`. */
export type NamedReader = { readonly name: string; readonly source: AlertSource; readonly readSent: ReadSent };

const GENERIC = "generic/";

/** The reader behind the route /webhooks/<name>; mappings are those of the configuration, which is asked for only where it is needed. */
export async function readerNamed(name: string, webhooks: () => Promise<WebhookConfig>): Promise<NamedReader> {
  const sender = SENDERS.find(({ source }) => source === name);
  if (sender?.readSent !== undefined) return { name, source: sender.source, readSent: sender.readSent };
  const known = name.startsWith(GENERIC) ? (await webhooks()).generic : [];
  const mapped = known.find((one) => `${GENERIC}${one.name}` === name);
  if (mapped !== undefined) return { name, source: "generic", readSent: createGenericReader(mapped.mapping) };
  const names = [
    ...SENDERS.map(({ source }) => source),
    ...(known.length === 0 ? ["generic/<name>"] : known.map((one) => GENERIC + one.name)),
  ];
  const hint = name.startsWith(GENERIC) && known.length === 0 ? " (the configuration has no webhooks.generic)" : "";
  throw new OomphError("bad-input", `expected --as with one of ${names.join(", ")}, got ${JSON.stringify(name)}${hint}`);
}

/** A text as the webhook of that name takes it. Pure. */
export function explainAs(text: string, judge: Judge, { name, source, readSent }: NamedReader): Explained<AlertResult> | string {
  const body = parsed(text);
  if (body.kind === "broken") return body.because;
  const sent = readSent(body.value);
  if (sent.kind === "unfit") return `This is not what ${name} sends: ${sent.because}.`;
  return toldAlert({ source, alerts: sent.facts.map((facts) => judge(facts, source)) });
}

type Parsed = { readonly kind: "parsed"; readonly value: unknown } | { readonly kind: "broken"; readonly because: string };

/** JSON, or where it is broken. */
export function parsed(text: string): Parsed {
  try {
    return { kind: "parsed", value: JSON.parse(text) };
  } catch (error) {
    return { kind: "broken", because: `This is no whole JSON: ${messageOf(error)}.` };
  }
}
