import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Proof, SentHeaders } from "../../ports/webhook.ts";

/** A secret that is sent along: `Authorization: Bearer`, the password of `Authorization: Basic` (any user), or `x-oomph-secret`. */
export function sharedSecret(secret: string, setting: string): Proof {
  const isRight = comparer(secret);
  return {
    expected: `expected the secret of ${setting}, ${WAYS}`,
    byHeaders: (headers) => (secretsIn(headers).some(isRight) ? "right" : "wrong"),
    byBody: async () => ({ kind: "forged", because: "expected the secret in a header" }),
  };
}

export type SignedBody = {
  readonly secret: string;
  readonly setting: string;
  /** In lower case. */
  readonly header: string;
  /** In front of each signature in it: `v1=`. Several are separated by commas. */
  readonly prefix: string;
  /** Where the body says when it was sent: what is older than a day was recorded, and is not remembered any more as a repeat. */
  readonly sentAtMs?: (bytes: Uint8Array) => number | undefined;
  readonly nowMs?: () => number;
};

const MOST_AGE_MS = 24 * 60 * 60_000;

/** A body that is signed with a secret (HMAC with SHA-256, in hex); who cannot sign may send the secret along. */
export function signedBody({ secret, setting, header, prefix, sentAtMs, nowMs = Date.now }: SignedBody): Proof {
  const shared = sharedSecret(secret, setting);
  return {
    expected: `expected the body signed with the secret of ${setting} in the header ${header}, or that secret ${WAYS}`,
    byHeaders: (headers) => (textOf(headers[header]) === undefined ? shared.byHeaders(headers) : "in-body"),
    async byBody(headers, bytes) {
      const expected = createHmac("sha256", secret).update(bytes).digest();
      const isRight = signaturesIn(textOf(headers[header]) ?? "", prefix).some(
        (given) => given.length === expected.length && timingSafeEqual(given, expected),
      );
      if (!isRight) return { kind: "forged", because: `the signature in ${header} is not that of this body` };
      const ageMs = nowMs() - (sentAtMs?.(bytes) ?? nowMs());
      return ageMs <= MOST_AGE_MS ? { kind: "right" } : { kind: "forged", because: "it was signed more than a day ago" };
    },
  };
}

const WAYS = "as `Authorization: Bearer <secret>`, as the password of `Authorization: Basic`, or as `x-oomph-secret: <secret>`";
// While a secret is replaced, there are two.
const MOST_SIGNATURES = 8;

function signaturesIn(header: string, prefix: string): readonly Buffer[] {
  const parts = header.split(",", MOST_SIGNATURES).map((part) => part.trim());
  return parts.filter((part) => part.startsWith(prefix)).map((part) => Buffer.from(part.slice(prefix.length), "hex"));
}

/** Compares in the same time whatever came, and however long it is. */
function comparer(secret: string): (given: string) => boolean {
  const key = randomBytes(32);
  const digest = (text: string): Buffer => createHmac("sha256", key).update(text).digest();
  const expected = digest(secret);
  return (given) => timingSafeEqual(digest(given), expected);
}

function secretsIn(headers: SentHeaders): readonly string[] {
  const own = textOf(headers["x-oomph-secret"]);
  const [, scheme = "", given = ""] = /^(bearer|basic) +(\S+) *$/i.exec(textOf(headers["authorization"]) ?? "") ?? [];
  const sent = scheme.toLowerCase() === "basic" ? passwordIn(given) : given;
  return [own, sent].filter((secret) => secret !== undefined);
}

/** `user:password` in base64. */
function passwordIn(credentials: string): string {
  const text = Buffer.from(credentials, "base64").toString();
  return text.slice(text.indexOf(":") + 1);
}

/** A header that came twice is none. */
function textOf(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === "string" ? header : undefined;
}
