import { X509Certificate, type KeyObject } from "node:crypto";
import { messageOf } from "../../domain/errors.ts";
import type { Clock } from "../../ports/clock.ts";

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export type KeyFound = { readonly kind: "key"; readonly key: KeyObject } | { readonly kind: "none"; readonly because: string };

// SNS changes it about once a year, in each region.
const MOST_KEPT = 16;
// What is asked for by strangers is asked for a few times only.
const MOST_FETCHES_A_MINUTE = 10;
const MOST_BYTES = 64 * 1024;
const TIMEOUT_MS = 5_000;

/** Certificates that SNS signs with, fetched once each; only addresses of SNS may be asked for. */
export function createCertificates({ fetch, clock }: { readonly fetch: Fetch; readonly clock: Pick<Clock, "nowMs"> }) {
  const kept = new Map<string, X509Certificate>();
  let fetchedAtMs: readonly number[] = [];

  return {
    async keyAt(url: string): Promise<KeyFound> {
      const nowMs = clock.nowMs();
      const known = kept.get(url);
      if (known !== undefined) return keyOf(known, nowMs);
      fetchedAtMs = fetchedAtMs.filter((atMs) => nowMs - atMs < 60_000);
      if (fetchedAtMs.length >= MOST_FETCHES_A_MINUTE) return { kind: "none", because: "too many certificates were asked for in a minute" };
      fetchedAtMs = [...fetchedAtMs, nowMs];
      try {
        const certificate = new X509Certificate(await get(fetch, url));
        const [oldest] = kept.keys();
        if (kept.size >= MOST_KEPT && oldest !== undefined) kept.delete(oldest);
        kept.set(url, certificate);
        return keyOf(certificate, nowMs);
      } catch (error) {
        return { kind: "none", because: `the certificate of SNS could not be had (${messageOf(error)})` };
      }
    },
  };
}

function keyOf({ validFrom, validTo, publicKey }: X509Certificate, nowMs: number): KeyFound {
  const isValid = Date.parse(validFrom) <= nowMs && nowMs <= Date.parse(validTo);
  return isValid ? { kind: "key", key: publicKey } : { kind: "none", because: "the certificate of SNS has expired, or is not valid yet" };
}

/** Text at an address, without following where it leads. */
export async function get(fetch: Fetch, url: string): Promise<string> {
  const response = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(TIMEOUT_MS) });
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MOST_BYTES) throw new Error(`expected at most ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  if (!response.ok) throw new Error(`expected status 200, got ${response.status}`);
  return Buffer.concat(chunks).toString();
}
