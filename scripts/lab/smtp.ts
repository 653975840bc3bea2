import { SMTPServer } from "smtp-server";

/** A local mail server that keeps what it is handed. */
export type LabSmtp = {
  readonly host: string;
  readonly port: number;
  /** In the order of arrival; a mail that was handed in twice is here twice. */
  mails(): readonly LabMail[];
  /** Returns how to end the fault early. */
  fault(fault: LabSmtpFault): () => void;
  stop(): Promise<void>;
};

export type LabMail = {
  readonly from: string;
  /** Whom it was handed in for. */
  readonly recipients: readonly string[];
  /** Unfolded, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Headers and body as they came over the wire. */
  readonly raw: string;
  readonly secure: boolean;
  /** Whose password was given. */
  readonly user?: string;
};

export type LabSmtpFault = {
  /** How many times; absent: once. */
  readonly times?: number;
  readonly does:
    | { readonly kind: "refuse-connection"; readonly code: number }
    /** `address` absent: any. */
    | { readonly kind: "refuse-recipient"; readonly code: number; readonly address?: string }
    | { readonly kind: "refuse-mail"; readonly code: number }
    | { readonly kind: "refuse-password"; readonly code: number }
    /** Takes the mail and says nothing more. */
    | { readonly kind: "hang" }
    /** Takes the mail, and the connection breaks before the answer. */
    | { readonly kind: "answer-lost" };
};

export type StartSmtpOptions = {
  /** PEM texts; absent: without TLS. */
  readonly certificate?: { readonly cert: string; readonly key: string };
  /** TLS from the first byte. */
  readonly implicitTls?: boolean;
  /** Absent: nobody needs a password. */
  readonly password?: { readonly user: string; readonly password: string };
};

export async function startSmtp({ certificate, implicitTls = false, password }: StartSmtpOptions = {}): Promise<LabSmtp> {
  const mails: LabMail[] = [];
  const faults: { readonly fault: LabSmtpFault; left: number }[] = [];
  const take = <Kind extends LabSmtpFault["does"]["kind"]>(
    kind: Kind,
    address?: string,
  ): Extract<LabSmtpFault["does"], { kind: Kind }> | undefined => {
    for (const entry of faults) {
      const { does } = entry.fault;
      if (entry.left === 0 || !isKind(does, kind)) continue;
      if ("address" in does && does.address !== undefined && does.address !== address) continue;
      entry.left -= 1;
      return does;
    }
    return undefined;
  };
  const server = new SMTPServer({
    ...(certificate === undefined ? { hideSTARTTLS: true } : certificate),
    secure: implicitTls,
    authOptional: password === undefined,
    disableReverseLookup: true,
    logger: false,
    onConnect: (_session, done) => done(refusal(take("refuse-connection"))),
    onAuth(auth, _session, done) {
      const refused = refusal(take("refuse-password"));
      const isRight = auth.username === password?.user && auth.password === password?.password;
      if (refused !== undefined || !isRight) return done(refused ?? withCode("no such user or password", 535));
      done(null, { user: auth.username });
    },
    onRcptTo: (address, _session, done) => done(refusal(take("refuse-recipient", address.address))),
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const refused = refusal(take("refuse-mail"));
        if (refused !== undefined) return done(refused);
        const { mailFrom, rcptTo } = session.envelope;
        const raw = Buffer.concat(chunks).toString();
        mails.push({
          from: mailFrom === false ? "" : mailFrom.address,
          recipients: rcptTo.map(({ address }) => address),
          headers: headersOf(raw),
          raw,
          secure: session.secure,
          ...(typeof session.user === "string" && { user: session.user }),
        });
        if (take("hang") !== undefined) return undefined;
        if (take("answer-lost") !== undefined) return server.connections.forEach((connection) => connection._socket?.destroy());
        return done();
      });
    },
  });
  server.on("error", () => undefined); // clients that break off are a part of the tests
  const port = await listen(server);
  return {
    host: "127.0.0.1",
    port,
    mails: () => mails,
    fault(fault) {
      const entry = { fault, left: fault.times ?? 1 };
      faults.push(entry);
      return () => {
        entry.left = 0;
      };
    },
    stop: () =>
      new Promise((resolve) => {
        server.connections.forEach((connection) => connection._socket?.destroy());
        server.close(() => resolve());
      }),
  };
}

function isKind<Kind extends LabSmtpFault["does"]["kind"]>(
  does: LabSmtpFault["does"],
  kind: Kind,
): does is Extract<LabSmtpFault["does"], { kind: Kind }> {
  return does.kind === kind;
}

function refusal(does: { readonly code: number } | undefined): Error | undefined {
  return does === undefined ? undefined : withCode("told to refuse", does.code);
}

function withCode(message: string, responseCode: number): Error {
  return Object.assign(new Error(message), { responseCode });
}

function headersOf(raw: string): Readonly<Record<string, string>> {
  const [head = ""] = raw.split("\r\n\r\n");
  const lines = head.replaceAll(/\r\n[ \t]+/g, " ").split("\r\n");
  return Object.fromEntries(
    lines.map((line) => {
      const [name = "", ...value] = line.split(":");
      return [name.toLowerCase(), value.join(":").trim()];
    }),
  );
}

function listen(server: SMTPServer): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    const listening = server.listen(0, "127.0.0.1", () => {
      const address = listening.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
}
