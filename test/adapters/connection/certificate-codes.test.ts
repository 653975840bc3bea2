import { expect, test } from "vitest";
import { tlsTrouble } from "../../../src/adapters/connection/certificate-codes.ts";

test.each([
  ["SELF_SIGNED_CERT_IN_CHAIN", "untrusted"],
  ["CERT_HAS_EXPIRED", "expired"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "other-name"],
  ["ERR_SSL_WRONG_VERSION_NUMBER", "no-tls"],
  ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "ours-refused"],
  ["ECONNRESET", undefined],
])("%s means %s", (code, trouble) => {
  expect(tlsTrouble(code)).toBe(trouble);
});
