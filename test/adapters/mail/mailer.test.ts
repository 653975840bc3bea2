import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { issueCertificate, makeAuthority } from "../../../scripts/lab/certificates.ts";
import { startSmtp, type LabSmtp, type LabSmtpFault, type StartSmtpOptions } from "../../../scripts/lab/smtp.ts";
import { createMailer } from "../../../src/adapters/mail/mailer.ts";
import type { MailSettings } from "../../../src/adapters/mail/settings.ts";
import type { Mail, Mailer } from "../../../src/ports/mailer.ts";

const ONCALL = "oncall@example.com";
const SECOND = "second@example.com";
const never = new AbortController().signal;
const MAIL: Mail = {
  key: "inc_1a2b3c4d/critical",
  subject: "[Oomph] Critical: docker/kong",
  text: "kong uses 86% of 4.0 GiB\n",
  html: "<p>kong uses 86% of 4.0 GiB</p>\n",
};
const authority = makeAuthority();
const certificate = issueCertificate(authority, ["127.0.0.1"]);
const labs: LabSmtp[] = [];

afterEach(() => Promise.all(labs.splice(0).map((lab) => lab.stop())));

type Sender = { readonly lab: LabSmtp; readonly mailer: Mailer };

async function start(options: StartSmtpOptions = {}, change: Partial<MailSettings> = {}): Promise<Sender> {
  const lab = await startSmtp(options);
  labs.push(lab);
  const { host, port } = lab;
  const from = "Oomph <oomph@Ops.example.com>";
  return { lab, mailer: createMailer({ host, port, tls: "none", from, to: [ONCALL, SECOND], timeoutMs: 10_000, ...change }) };
}

async function refusedBy(does: LabSmtpFault["does"], change: Partial<MailSettings> = {}): Promise<unknown> {
  const { lab, mailer } = await start({}, change);
  lab.fault({ does });
  return mailer.send(MAIL, mailer.recipients, never).catch((error: unknown) => error);
}

describe("a mail", () => {
  it("arrives plain and as HTML, marked as written by a machine", async () => {
    const { lab, mailer } = await start();
    expect(await mailer.send(MAIL, mailer.recipients, never)).toEqual({ accepted: [ONCALL, SECOND], refused: [] });
    const [mail] = lab.mails();
    expect(mail).toMatchObject({ from: "oomph@ops.example.com", recipients: [ONCALL, SECOND], secure: false });
    expect(mail?.headers).toMatchObject({
      from: "Oomph <oomph@ops.example.com>",
      to: `${ONCALL}, ${SECOND}`,
      subject: MAIL.subject,
      "auto-submitted": "auto-generated",
      "message-id": mailer.messageIdOf(MAIL.key),
    });
    expect(mail?.headers["content-type"]).toMatch(/^multipart\/alternative/);
    expect(mail?.raw).toContain("\r\nkong uses 86% of 4.0 GiB\r\n");
    expect(mail?.raw).toContain("<p>kong uses 86% of 4.0 GiB</p>");
  });

  it("has one Message-ID for ever, and follows up an earlier one", async () => {
    const { lab, mailer } = await start();
    expect(mailer.messageIdOf(MAIL.key)).toBe("<oomph.inc_1a2b3c4d.critical@ops.example.com>");
    await mailer.send(MAIL, [ONCALL], never);
    await mailer.send(MAIL, [ONCALL], never);
    await mailer.send({ ...MAIL, key: "inc_1a2b3c4d/resolved", follows: MAIL.key }, [ONCALL], never);
    const [first, second, third] = lab.mails().map(({ headers }) => headers);
    expect(second?.["message-id"]).toBe(first?.["message-id"]);
    expect(third).toMatchObject({ "message-id": "<oomph.inc_1a2b3c4d.resolved@ops.example.com>", "in-reply-to": first?.["message-id"] });
    expect(third?.["references"]).toBe(first?.["message-id"]);
  });

  it("cannot be given headers or recipients by what stands in it", async () => {
    const { lab, mailer } = await start();
    await mailer.send({ ...MAIL, subject: "kong\r\nBcc: evil@example.com\r\n\r\nboo" }, [ONCALL], never);
    expect(lab.mails()[0]?.recipients).toEqual([ONCALL]);
    expect(lab.mails()[0]?.headers).not.toHaveProperty("bcc");
  });
});

describe("a connection", () => {
  it.each(["starttls", "implicit"] as const)("by %s is encrypted, and the password goes over nothing else", async (tls) => {
    const password = { user: "oomph", password: "made-up" };
    const { lab, mailer } = await start(
      { certificate, implicitTls: tls === "implicit", password },
      { tls, ca: authority.cert, auth: password },
    );
    await mailer.send(MAIL, [ONCALL], never);
    expect(lab.mails()).toMatchObject([{ secure: true, user: "oomph" }]);
  });

  it("without TLS sends no password", async () => {
    const { lab, mailer } = await start({}, { auth: { user: "oomph", password: "made-up" } });
    await mailer.send(MAIL, [ONCALL], never);
    expect(lab.mails()[0]).not.toHaveProperty("user");
  });

  it("is refused where TLS was promised and is not there, or cannot be checked", async () => {
    const bare = await start({}, { tls: "starttls" });
    const stranger = await start({ certificate }, { tls: "starttls" });
    const strangerToo = await start({ certificate, implicitTls: true }, { tls: "implicit" });
    for (const { lab, mailer } of [bare, stranger, strangerToo]) {
      const sending = mailer.send(MAIL, [ONCALL], never);
      await expect(sending).rejects.toMatchObject({ code: "refused", retryable: false });
      await expect(sending).rejects.toThrow(/expected a connection with TLS .* check mail\.tls and mail\.ca/);
      expect(lab.mails()).toEqual([]);
    }
  });

  it("is refused a wrong password for good, and one that cannot be checked now for a while", async () => {
    const options = { certificate, password: { user: "oomph", password: "made-up" } };
    const { lab, mailer } = await start(options, { tls: "starttls", ca: authority.cert, auth: { user: "oomph", password: "wrong" } });
    const sending = mailer.send(MAIL, [ONCALL], never);
    await expect(sending).rejects.toMatchObject({ code: "wrong-credentials", retryable: false });
    await expect(sending).rejects.toThrow(/check mail\.user and mail\.password/);
    await expect(sending).rejects.not.toThrow(/wrong$/);
    lab.fault({ does: { kind: "refuse-password", code: 454 } });
    await expect(mailer.send(MAIL, [ONCALL], never)).rejects.toMatchObject({ code: "wrong-credentials", retryable: true });
  });
});

describe("a refusal", () => {
  it.each([
    { does: { kind: "refuse-connection", code: 421 }, code: "refused", retryable: true, says: /later \(421/ },
    { does: { kind: "refuse-connection", code: 554 }, code: "refused", retryable: false, says: /check mail\.from.*\(554/ },
    { does: { kind: "refuse-mail", code: 451 }, code: "refused", retryable: true, says: /later \(451/ },
    { does: { kind: "refuse-mail", code: 550 }, code: "refused", retryable: false, says: /check mail\.from.*\(550/ },
    { does: { kind: "refuse-mail", code: 503 }, code: "refused", retryable: true, says: /later \(503/ },
    { does: { kind: "refuse-mail", code: 530 }, code: "wrong-credentials", retryable: false, says: /530.*check mail\.user/ },
    { does: { kind: "answer-lost" }, code: "unreachable", retryable: true, says: /may or may not have taken the mail/ },
  ] as const)("$does.kind $does.code: 4xx may get better, 5xx will not", async ({ does, says, ...expected }) => {
    const error = await refusedBy(does);
    expect(error).toMatchObject(expected);
    expect(String(error)).toMatch(/mail server 127\.0\.0\.1:\d+/);
    expect(String(error)).toMatch(says);
  });

  it("of one recipient does not keep the mail from the others", async () => {
    for (const code of [450, 550]) {
      const { lab, mailer } = await start();
      lab.fault({ does: { kind: "refuse-recipient", code, address: SECOND } });
      const { accepted, refused } = await mailer.send(MAIL, mailer.recipients, never);
      expect(accepted).toEqual([ONCALL]);
      expect(refused).toMatchObject([{ address: SECOND, retryable: code === 450 }]);
      expect(refused[0]?.because).toContain(String(code));
      expect(lab.mails()).toMatchObject([{ recipients: [ONCALL] }]);
    }
  });

  it("of all recipients is for good only where it is for each of them", async () => {
    const { lab, mailer } = await start();
    lab.fault({ does: { kind: "refuse-recipient", code: 550, address: ONCALL } });
    lab.fault({ does: { kind: "refuse-recipient", code: 450, address: SECOND } });
    await expect(mailer.send(MAIL, mailer.recipients, never)).rejects.toMatchObject({ code: "refused", retryable: true });
    lab.fault({ does: { kind: "refuse-recipient", code: 550 }, times: 2 });
    await expect(mailer.send(MAIL, mailer.recipients, never)).rejects.toMatchObject({ code: "refused", retryable: false });
  });

  it("is nobody there, no answer in time, or being stopped", async () => {
    const { lab, mailer } = await start();
    await lab.stop();
    const nobody = mailer.send(MAIL, [ONCALL], never);
    await expect(nobody).rejects.toMatchObject({ code: "unreachable", retryable: true });
    await expect(nobody).rejects.toThrow(/check mail\.host and mail\.port/);
    expect(await refusedBy({ kind: "hang" }, { timeoutMs: 300 })).toMatchObject({ code: "timed-out", retryable: true });

    const slow = await start();
    slow.lab.fault({ does: { kind: "hang" } });
    const stopping = new AbortController();
    const hanging = slow.mailer.send(MAIL, [ONCALL], stopping.signal);
    await sleep(0);
    stopping.abort();
    await expect(hanging).rejects.toMatchObject({ code: "timed-out", retryable: true });
  });
});
