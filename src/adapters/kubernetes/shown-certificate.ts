import { isIP } from "node:net";
import { connect, type PeerCertificate } from "node:tls";
import type { ClusterAccess } from "./access.ts";

/**
 * Whose certificate a server shows: `for kube-apiserver (10.0.0.1, kubernetes), issued by kubernetes, valid until ...`. For
 * the sentence about one that was not taken: nothing is sent over this connection. Undefined where none is shown in time.
 */
export function describeShownCertificate({ server, tls }: ClusterAccess, timeoutMs: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const host = server.hostname.replace(/^\[|\]$/g, "");
    const servername = tls.serverName ?? (isIP(host) ? undefined : host);
    const socket = connect({ host, port: portOf(server), rejectUnauthorized: false, ...(servername === undefined ? {} : { servername }) });
    const done = (says: string | undefined): void => {
      socket.destroy();
      resolve(says);
    };
    socket.setTimeout(timeoutMs, () => done(undefined));
    socket.once("error", () => done(undefined));
    socket.once("secureConnect", () => done(describe(socket.getPeerCertificate())));
  });
}

/** As its URL says, or the one of https. */
export function portOf({ port, protocol }: URL): number {
  if (port !== "") return Number(port);
  return protocol === "https:" ? 443 : 80;
}

function describe({ subject, issuer, subjectaltname = "", valid_to: until }: PeerCertificate): string | undefined {
  if (typeof subject !== "object") return undefined;
  const names = subjectaltname.replaceAll(/\b(DNS|IP Address):/g, "").slice(0, 300);
  return `for ${String(subject.CN)}${names === "" ? "" : ` (${names})`}, issued by ${String(issuer.CN)}, valid until ${until}`;
}
