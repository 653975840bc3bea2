// OpenSSL's names for a chain that our CAs do not vouch for.
const UNTRUSTED = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "CERT_SIGNATURE_FAILURE",
]);

export type TlsTrouble =
  /** No CA that we trust has signed it. */
  | "untrusted"
  | "expired"
  /** It is for another name than the one it was called by. */
  | "other-name"
  /** The other side does not speak TLS. */
  | "no-tls"
  /** The other side ended the handshake: it may not take our certificate, or want one. */
  | "ours-refused";

/** What is wrong with TLS, by the code that Node gives it. */
export function tlsTrouble(code: string): TlsTrouble | undefined {
  if (UNTRUSTED.has(code)) return "untrusted";
  if (code === "CERT_HAS_EXPIRED" || code === "CERT_NOT_YET_VALID") return "expired";
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") return "other-name";
  if (code.startsWith("ERR_SSL_WRONG_VERSION") || code.startsWith("ERR_SSL_PACKET_LENGTH") || code === "EPROTO") return "no-tls";
  if (code.startsWith("ERR_SSL") || code.startsWith("ERR_OSSL")) return "ours-refused";
  return undefined;
}
