import type { AlertWords } from "../domain/alert.ts";
import { maskSecrets } from "../domain/mask-secrets.ts";
import type { Message } from "../domain/message.ts";
import { message, section } from "./kit.ts";
import { clip, code, link, prose } from "./words.ts";

/** What an alert says that came by a webhook, below the thread's beginning. */
export function alertNote(alert: AlertWords): Message {
  return message(`The alert: ${alert.says}`, [section(alertLines(alert).join("\n"))]);
}

const MOST_VALUE = 80;

/** Its name and how bad it is; its own words; the value and its sender's page, where it has them. */
export function alertLines({ says, severity, source, words, value, link: url }: AlertWords): readonly string[] {
  const name = `🔔 *${code(maskSecrets(says))}*${severity === null ? "" : ` · ${severity}`} · ${prose(source)}`;
  const figures = [
    ...(value === undefined ? [] : [`Value ${code(maskSecrets(value), MOST_VALUE)}`]),
    ...[link(withoutPassword(url), `Open at ${hostOf(url)}`)].filter((one) => one !== undefined),
  ];
  return [name, ...(words === undefined ? [] : [prose(maskSecrets(words))]), ...(figures.length === 0 ? [] : [figures.join(" · ")])];
}

const MOST_HOST = 60;

/** Whoever follows a link signs in with an account of their own. */
function withoutPassword(url: string | undefined): string | undefined {
  return url?.replace(/^(https?:\/\/)[^/?#]*@/, "$1");
}

/** Where a link leads is said: the alert is from outside. */
function hostOf(url: string | undefined): string {
  const host = /^https?:\/\/(?:[^/?#]*@)?([\w.:[\]-]+)/.exec(url ?? "")?.[1] ?? "its sender";
  return clip(host, MOST_HOST);
}
