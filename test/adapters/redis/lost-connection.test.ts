import { inspect } from "node:util";
import { createServer, type Server } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { issueCertificate, makeAuthority } from "../../../scripts/lab/certificates.ts";
import { startRedis, type RedisLab } from "../../../scripts/lab/redis.ts";
import { explainLoss } from "../../../src/adapters/redis/lost-connection.ts";
import { endpointAt } from "../../../src/adapters/redis/endpoint.ts";
import { openLink } from "../../../src/adapters/redis/link.ts";
import type { RedisTls } from "../../../src/adapters/redis/settings.ts";
import { single } from "./lab.ts";

let plain: RedisLab;
let secure: RedisLab;
let picky: RedisLab;
let rude: Server;
let rudePort: number;
beforeAll(async () => {
  plain = await startRedis();
  secure = await startRedis({ tls: true });
  picky = await startRedis({ tls: true, lines: ["tls-auth-clients yes"] });
  rude = createServer((socket) => socket.destroy());
  rudePort = await listening(rude);
});
afterAll(async () => {
  rude?.close();
  await Promise.all([plain?.stop(), secure?.stop(), picky?.stop()]);
});

async function openFails(at: { readonly host?: string; readonly port: number }, tls?: RedisTls): Promise<unknown> {
  const endpoint = endpointAt(
    { host: "127.0.0.1", ...at },
    single(at.port, { connectTimeoutMs: 500, ...(tls === undefined ? {} : { tls }) }),
  );
  const outcome = await openLink(endpoint, 0).catch((error: unknown) => error);
  if (outcome instanceof Error) return outcome;
  throw new Error("Expected it to fail, it opened.");
}

const says = (text: string | RegExp, retryable = true, code = "unreachable"): object => ({
  code,
  retryable,
  message: expect.stringMatching(text) as string,
});

test("nothing listens, the name does not resolve, the connection is cut", async () => {
  expect(await openFails({ port: 1 })).toMatchObject(says("refused the connection"));
  expect(await openFails({ host: "no-such-host.invalid", port: 6379 })).toMatchObject(says("does not resolve"));
  expect(await openFails({ port: rudePort })).toMatchObject(says("closed the connection"));
});

test("TLS on one side only", async () => {
  expect(await openFails({ port: secure.port })).toMatchObject(says("expects TLS.*rediss://", false));
  expect(await openFails({ port: plain.port }, { verify: true })).toMatchObject(says("does not speak TLS.*redis://", false));
});

test("certificates: of an unknown CA, of another CA, for another name, and none of ours", async () => {
  const ca = secure.ca ?? "";
  expect(await openFails({ port: secure.port }, { verify: true })).toMatchObject(says("configured CA did not sign", false));
  expect(await openFails({ port: secure.port }, { verify: true, ca: makeAuthority().cert })).toMatchObject(
    says("configured CA did not sign", false),
  );
  expect(await openFails({ port: secure.port }, { verify: true, ca, serverName: "other.example" })).toMatchObject(
    says("another name", false),
  );
  expect(await openFails({ port: picky.port }, { verify: true, ca: picky.ca ?? "" })).toMatchObject(says("client certificate", false));
});

test("a client certificate of the server's CA opens", async () => {
  const authority = makeAuthority();
  const server = issueCertificate(authority, ["127.0.0.1"]);
  expect(server.cert).toContain("BEGIN CERTIFICATE");
  const link = await openLink(
    endpointAt(
      { host: "127.0.0.1", port: secure.port },
      single(secure.port, { tls: { verify: true, ca: secure.ca ?? "", cert: server.cert, key: server.key } }),
    ),
    0,
  );
  expect(link.isOpen()).toBe(true);
  link.close();
});

test("what cannot be made to happen here", () => {
  const asked = { server: "Redis at cache:6379", username: "default", command: "SCAN" };
  const coded = (code: string): Error => Object.assign(new Error(code), { code });
  expect(explainLoss(coded("EHOSTUNREACH"), asked, 10)).toMatchObject(says("network and the firewall"));
  expect(explainLoss(coded("CERT_HAS_EXPIRED"), asked, 10)).toMatchObject(says("not valid now", false));
  expect(explainLoss(coded("ECONNRESET"), asked, 10)).toMatchObject(says(/before it answered SCAN \(ECONNRESET\)/));
  expect(explainLoss(coded("ETIMEDOUT"), { ...asked, command: "connect" }, 10)).toMatchObject(
    says("did not take the connection within 10 ms", true, "timed-out"),
  );
});

test("a connection that breaks while it logs in keeps the password to itself", async () => {
  const eager = createServer((socket) => socket.once("data", () => socket.destroy()));
  const port = await listening(eager);
  const error = await openLink(endpointAt({ host: "127.0.0.1", port }, single(port, { password: "hunter2" })), 0).catch(
    (caught: unknown) => caught,
  );
  eager.close();
  expect(error).toMatchObject(says("before it answered AUTH"));
  expect(inspect(error, { depth: 10, showHidden: true })).not.toContain("hunter2");
});

function listening(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      return address !== null && typeof address === "object" ? resolve(address.port) : reject(new Error("Expected a port, got none."));
    });
  });
}
