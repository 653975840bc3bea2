import { createPrivateKey, generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";
import { isIPv4 } from "node:net";

/** PEM texts. */
export type Certificate = { readonly cert: string; readonly key: string };

const DAY_MS = 86_400_000;
const ECDSA_WITH_SHA256 = sequence(oid([0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02]));
const COMMON_NAME = oid([0x55, 0x04, 0x03]);
const BASIC_CONSTRAINTS = oid([0x55, 0x1d, 0x13]);
const ALTERNATIVE_NAMES = oid([0x55, 0x1d, 0x11]);

/** A certificate authority for one test run. Written here because Node makes no certificates and openssl may be missing. */
export function makeAuthority(name = "Oomph lab CA"): Certificate {
  const keys = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const constraints = sequence(BASIC_CONSTRAINTS, der(0x01, Buffer.from([0xff])), octets(sequence(der(0x01, Buffer.from([0xff])))));
  const cert = signed({ subject: name, issuer: name, publicKey: keys.publicKey, extensions: [constraints] }, keys.privateKey);
  return { cert, key: pem(keys.privateKey) };
}

/** A certificate for hosts (names and IPv4 addresses), signed by an authority of `makeAuthority` with this name. */
export function issueCertificate(authority: Certificate, hosts: readonly string[], authorityName = "Oomph lab CA"): Certificate {
  const keys = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const names = hosts.map((host) => (isIPv4(host) ? der(0x87, Buffer.from(host.split(".").map(Number))) : der(0x82, Buffer.from(host))));
  const extension = sequence(ALTERNATIVE_NAMES, octets(sequence(...names)));
  const facts = { subject: hosts[0] ?? "localhost", issuer: authorityName, publicKey: keys.publicKey, extensions: [extension] };
  return { cert: signed(facts, createPrivateKey(authority.key)), key: pem(keys.privateKey) };
}

type Facts = { readonly subject: string; readonly issuer: string; readonly publicKey: KeyObject; readonly extensions: readonly Buffer[] };

function signed({ subject, issuer, publicKey, extensions }: Facts, signer: KeyObject): string {
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))), // version 3
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)])), // serial number, positive
    ECDSA_WITH_SHA256,
    commonName(issuer),
    sequence(utcTime(Date.now() - DAY_MS), utcTime(Date.now() + 30 * DAY_MS)),
    commonName(subject),
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = der(0x03, Buffer.concat([Buffer.from([0]), sign("sha256", body, signer)]));
  const base64 = sequence(body, ECDSA_WITH_SHA256, signature).toString("base64");
  return `-----BEGIN CERTIFICATE-----\n${(base64.match(/.{1,64}/g) ?? []).join("\n")}\n-----END CERTIFICATE-----\n`;
}

function pem(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}

function commonName(name: string): Buffer {
  return sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(name)))));
}

function utcTime(ms: number): Buffer {
  const text = new Date(ms).toISOString().replace(/[-:T]/g, "").slice(2, 14);
  return der(0x17, Buffer.from(`${text}Z`));
}

function oid(bytes: readonly number[]): Buffer {
  return der(0x06, Buffer.from(bytes));
}

function octets(content: Buffer): Buffer {
  return der(0x04, content);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

/** Tag, length, content: the one form that everything in a certificate has. */
function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  if (length < 0x100) return Buffer.concat([Buffer.from([tag, 0x81, length]), content]);
  return Buffer.concat([Buffer.from([tag, 0x82, length >> 8, length & 0xff]), content]);
}
