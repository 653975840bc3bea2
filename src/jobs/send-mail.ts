import { OomphError } from "../domain/errors.ts";
import { mailText } from "../messages/mail.ts";
import type { Mail, Mailer, MailReceipt } from "../ports/mailer.ts";
import type { Arrived } from "./record-arrival.ts";
import type { Told } from "./told-so-far.ts";

export type Mailed = {
  readonly arrived: Arrived;
  /** Somebody has not been reached. */
  readonly error?: OomphError;
};

/**
 * Sends the mail to those whom it has not reached. Throws OomphError when it was taken for nobody. A mail whose answer was
 * lost is sent again with the same Message-ID: that a mail server has not seen it cannot be asked.
 */
export async function sendMail(mailer: Mailer | undefined, told: Told, signal: AbortSignal): Promise<Mailed> {
  if (mailer === undefined) throw new OomphError("bad-input", "no mail server is configured: set mail.host, mail.from and mail.to");
  const { escalation } = told;
  const mail = mailOf(told);
  const missing = mailer.recipients.filter((address) => !escalation.reached.includes(address));
  const receipt: MailReceipt = missing.length === 0 ? { accepted: [], refused: [] } : await mailer.send(mail, missing, signal);
  const reached = [...escalation.reached, ...receipt.accepted];
  const arrived: Arrived = { externalId: mailer.messageIdOf(mail.key), reached, covers: [escalation] };
  const error = errorOf(receipt);
  return error === undefined ? { arrived } : { arrived, error };
}

function mailOf(told: Told): Mail {
  const { escalation, raised, nowMs } = told;
  const lateMs = escalation.told === undefined ? undefined : nowMs - escalation.dueSinceMs;
  const upToHere = raised.slice(0, raised.findIndex(({ id }) => id === escalation.id) + 1);
  const text = mailText({ ...told, raised: upToHere, ...(lateMs === undefined ? {} : { lateMs }) });
  const [first] = upToHere;
  const key = (one: { readonly incidentId: string; readonly key: string }): string => `${one.incidentId}/${one.key}`;
  return { key: key(escalation), ...text, ...(first === undefined || first.id === escalation.id ? {} : { follows: key(first) }) };
}

function errorOf({ refused }: MailReceipt): OomphError | undefined {
  if (refused.length === 0) return undefined;
  const because = refused.map((one) => `${one.address}: ${one.because}`).join("; ");
  return new OomphError("refused", `the mail server does not take mail for ${because}`, {
    retryable: refused.some((one) => one.retryable),
  });
}
