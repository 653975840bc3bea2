import type { Mail, Mailer, MailReceipt } from "../../ports/mailer.ts";
import { isLater, refusalOf } from "./refusals.ts";
import type { MailSettings } from "./settings.ts";

/** Hands mail to one SMTP server, a connection per mail. The SDK is loaded with the first one. */
export function createMailer(settings: MailSettings): Mailer {
  const server = `${settings.host}:${settings.port}`;
  const messageIdOf = (key: string): string => `<oomph.${key.replaceAll("/", ".")}@${domainOf(settings.from)}>`;
  const connecting = once(() => openTransport(settings));

  return {
    recipients: settings.to,
    messageIdOf,
    async send(mail, recipients, signal) {
      const transport = await connecting();
      try {
        const sent = await transport.sendMail({
          ...headersOf(mail, messageIdOf),
          from: settings.from,
          to: [...settings.to],
          // Whom it is handed in for: those who have it already see that the others were meant as well.
          envelope: { from: addressOf(settings.from), to: [...recipients] },
          subject: mail.subject,
          text: mail.text,
          html: mail.html,
          signal,
        });
        return receiptOf(recipients, sent.rejectedErrors ?? []);
      } catch (error) {
        throw refusalOf(server, error);
      }
    },
  };
}

async function openTransport({ host, port, tls, ca, auth, timeoutMs }: MailSettings) {
  const { createTransport } = await import("nodemailer");
  return createTransport({
    host,
    port,
    secure: tls === "implicit",
    requireTLS: tls === "starttls",
    ignoreTLS: tls === "none",
    tls: { minVersion: "TLSv1.2", ...(ca !== undefined && { ca }) },
    // Never a password over a connection that others can read.
    ...(auth !== undefined && tls !== "none" && { auth: { user: auth.user, pass: auth.password } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

function headersOf({ key, follows }: Mail, messageIdOf: (key: string) => string) {
  const earlier = follows === undefined ? {} : { inReplyTo: messageIdOf(follows), references: [messageIdOf(follows)] };
  return { messageId: messageIdOf(key), ...earlier, headers: { "Auto-Submitted": "auto-generated", "X-Oomph-Key": key } };
}

type Rejected = {
  readonly recipient?: string | undefined;
  readonly response?: string | undefined;
  readonly responseCode?: number | undefined;
};

function receiptOf(recipients: readonly string[], rejected: readonly (Rejected & Error)[]): MailReceipt {
  const refused = rejected.map(({ recipient = "", response, responseCode = 0, message }) => ({
    address: recipient,
    because: response ?? message,
    retryable: isLater(responseCode),
  }));
  const isRefused = (address: string): boolean => refused.some((one) => one.address.toLowerCase() === address.toLowerCase());
  return { accepted: recipients.filter((address) => !isRefused(address)), refused };
}

/** `Oomph <oomph@example.com>` → `oomph@example.com`. */
function addressOf(from: string): string {
  return /<([^<>]+)>\s*$/.exec(from)?.[1] ?? from;
}

function domainOf(from: string): string {
  return addressOf(from).split("@").at(-1)?.trim().toLowerCase() ?? "localhost";
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => (made ??= make());
}
