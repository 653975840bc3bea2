import { X509Certificate } from "node:crypto";
import type { Credentials } from "./access.ts";

/** What of our credentials explains a 401: a token or client certificate that has expired. With a leading space. */
export function whyNotTaken({ headers, cert }: { readonly headers: Credentials["headers"]; readonly cert?: unknown }, who: string): string {
  const nowMs = Date.now();
  const certificateMs = typeof cert === "string" ? certificateEnd(cert) : undefined;
  if (certificateMs !== undefined && certificateMs < nowMs)
    return ` The client certificate of the ${who} expired on ${inWords(certificateMs)}: renew it.`;
  const tokenMs = tokenEnd(headers["Authorization"]);
  if (tokenMs !== undefined && tokenMs < nowMs) return ` The token of the ${who} expired on ${inWords(tokenMs)}: renew it.`;
  return ` It was asked by the ${who}: give it a token or certificate that is valid now.`;
}

function certificateEnd(pem: string): number | undefined {
  try {
    return Date.parse(new X509Certificate(pem).validTo);
  } catch {
    return undefined; // the handshake says what is wrong with it
  }
}

/** `exp` of a JSON Web Token, which service accounts and identity providers give. */
function tokenEnd(authorization: string | string[] | undefined): number | undefined {
  const payload = /^Bearer [\w-]+\.([\w-]+)\.[\w-]*$/.exec(String(authorization))?.[1];
  if (payload === undefined) return undefined;
  const seconds = /"exp"\s*:\s*(\d+)/.exec(Buffer.from(payload, "base64url").toString("utf8"))?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}

function inWords(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}
