import { createServer, type Server } from "node:http";
import { createServer as createNetServer, type AddressInfo } from "node:net";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { issueCertificate, makeAuthority } from "../../../scripts/lab/certificates.ts";
import { findDocker } from "../../../scripts/lab/docker.ts";
import { startDockerProxy, type DockerProxy, type ProxyOptions } from "../../../scripts/lab/docker-proxy.ts";
import { noteAbsentSystem, noteRealSystem } from "../../../scripts/lab/real-systems.ts";
import { createContainerHosts } from "../../../src/adapters/docker/container-hosts.ts";
import { explainLoss } from "../../../src/adapters/docker/lost-connection.ts";
import type { DockerConnectionSettings } from "../../../src/adapters/docker/settings.ts";
import type { ContainerHost } from "../../../src/ports/containers.ts";
import { silentLog } from "./silent-log.ts";

const daemon = await findDocker();
if (daemon.kind === "there") noteRealSystem("docker", daemon.version);
else noteAbsentSystem("docker", daemon.because);

const folder = mkdtempSync(join(tmpdir(), "oomph-docker-test-"));
const opened: { close(): Promise<unknown> }[] = [];

afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function hostAt(
  settings: Omit<DockerConnectionSettings, "name" | "connectTimeoutMs" | "callTimeoutMs">,
  callTimeoutMs = 60_000,
): ContainerHost {
  const hosts = createContainerHosts([{ name: "prod", connectTimeoutMs: 20_000, callTimeoutMs, ...settings }], { log: silentLog });
  opened.push(hosts);
  return hosts.host("prod");
}

async function answering(status: number, body: string, headers: Record<string, string> = {}): Promise<ContainerHost> {
  const server = createServer((_asked, response) => response.writeHead(status, headers).end(body));
  return hostAt({ endpoint: { kind: "tcp", host: "127.0.0.1", port: await listen(server), tls: false } });
}

function listen(server: Server | ReturnType<typeof createNetServer>): Promise<number> {
  opened.push({ close: async () => new Promise((done) => server.close(done)) });
  return new Promise((done) => server.listen(0, "127.0.0.1", () => done((server.address() as AddressInfo).port)));
}

describe("a daemon that is not there", () => {
  test("whose socket is missing", async () => {
    const host = hostAt({ endpoint: { kind: "socket", path: join(folder, "none.sock") } });
    await expect(host.list()).rejects.toMatchObject({
      code: "unreachable",
      retryable: true,
      message: `Docker host prod (unix://${folder}/none.sock) is not there: no socket has this path. Check that Docker runs, and the path; in a container, mount the socket.`,
    });
  });

  test("whose path is a file", async () => {
    const path = join(folder, "file");
    writeFileSync(path, "");
    await expect(hostAt({ endpoint: { kind: "socket", path } }).list()).rejects.toMatchObject({
      code: "unreachable",
      message: /refused|not a socket/,
    });
  });

  test("whose port is closed", async () => {
    const server = createNetServer();
    const port = await listen(server);
    await opened.splice(0).at(0)?.close();
    const host = hostAt({ endpoint: { kind: "tcp", host: "127.0.0.1", port, tls: false } });
    await expect(host.list()).rejects.toMatchObject({ code: "unreachable", message: expect.stringContaining("no daemon listens there") });
  });

  test.each([
    ["EACCES", "no-rights", "Put the user into the socket's group"],
    ["ENOTFOUND", "unreachable", "does not resolve"],
    ["EHOSTUNREACH", "unreachable", "cannot be reached from here"],
    ["ECONNRESET", "unreachable", "closed the connection before it answered GET /info (ECONNRESET)"],
    ["CERT_HAS_EXPIRED", "unreachable", "has expired"],
    ["ETIMEDOUT", "timed-out", "did not take the connection within 500 ms"],
  ])("by %s", (code, expected, says) => {
    const error = explainLoss(Object.assign(new Error("x"), { code }), { host: "Docker host prod", call: "info" }, 500);
    expect({ code: error.code, message: error.message }).toEqual({ code: expected, message: expect.stringContaining(says) });
  });
});

describe("an answer that is none", () => {
  test.each([
    [400, '{"message":"bad parameter"}', "bad-input", "bad parameter"],
    [400, "Client sent an HTTP request to an HTTPS server.\n", "unreachable", "expects TLS"],
    [401, "", "wrong-credentials", "client certificate"],
    [403, "<html><h1>Forbidden</h1></html>", "no-rights", "does not allow GET /containers/json: Forbidden."],
    [404, "page not found", "not-found", "Is this a Docker daemon?"],
    [429, "", "rate-limited", "too much to do"],
    [500, '{"message":"layer does not exist"}', "refused", "(500): layer does not exist."],
    [502, "<h1>Bad Gateway</h1>", "unreachable", "may be starting"],
    [503, "", "unreachable", "not ready to answer (503)"],
    [301, "", "unreachable", "redirection (301)"],
    [200, "<html>hello</html>", "refused", "not JSON"],
    [200, '{"message":"hi"}', "refused", "in a form that Oomph does not know"],
    [200, '[{"Id":7}]', "refused", "0.Id"],
    [200, "", "refused", "in a form that Oomph does not know"],
  ] as const)("%i %s", async (...row) => {
    const [status, body, code, says] = row;
    await expect((await answering(status, body)).list()).rejects.toMatchObject({ code, message: expect.stringContaining(says) });
  });

  test("of more bytes than anyone has containers", async () => {
    const server = createServer((_asked, response) => {
      const more = (): void => void (response.write(" ".repeat(2 ** 20)) ? setImmediate(more) : response.once("drain", more));
      more();
    });
    const host = hostAt({ endpoint: { kind: "tcp", host: "127.0.0.1", port: await listen(server), tls: false } });
    await expect(host.list()).rejects.toMatchObject({ code: "refused", message: expect.stringContaining("at most 32 MiB") });
  });

  test("that breaks off in the middle", async () => {
    const server = createServer((_asked, response) => {
      response.writeHead(200, { "Content-Length": "1000" });
      response.write("[", () => response.destroy());
    });
    const host = hostAt({ endpoint: { kind: "tcp", host: "127.0.0.1", port: await listen(server), tls: false } });
    await expect(host.list()).rejects.toMatchObject({
      code: "unreachable",
      message: expect.stringContaining("closed the connection before it answered GET /containers/json"),
    });
  });

  test("that does not come, and an impatient caller", async () => {
    const server = createServer(() => undefined);
    const port = await listen(server);
    opened.push({ close: async () => server.closeAllConnections() });
    const host = hostAt({ endpoint: { kind: "tcp", host: "127.0.0.1", port, tls: false } }, 200);
    await expect(host.list()).rejects.toMatchObject({
      code: "timed-out",
      retryable: true,
      message: expect.stringContaining("did not answer GET /containers/json within 200 ms"),
    });
    await expect(host.follow(0, () => undefined, new AbortController().signal)).rejects.toMatchObject({ code: "timed-out" });
    const reason = new Error("the step's time is over");
    await expect(host.stats("kong", AbortSignal.abort(reason))).rejects.toBe(reason);
    const stop = new AbortController();
    const waiting = hostAt({ endpoint: { kind: "tcp", host: "127.0.0.1", port, tls: false } }).stats("kong", stop.signal);
    server.once("request", () => stop.abort(reason));
    await expect(waiting).rejects.toBe(reason);
  });
});

describe("a handshake that fails", () => {
  test("because the other side speaks no TLS", async () => {
    const server = createServer((_asked, response) => response.end("[]"));
    const host = hostAt({ endpoint: { kind: "tcp", host: "127.0.0.1", port: await listen(server), tls: true } });
    await expect(host.list()).rejects.toMatchObject({
      code: "unreachable",
      message: expect.stringContaining("does not speak TLS on this port"),
    });
  });
});

describe.skipIf(daemon.kind === "absent")(`a real daemon behind a proxy${daemon.kind === "absent" ? ` (${daemon.because})` : ""}`, () => {
  const authority = makeAuthority();
  const server = issueCertificate(authority, ["localhost", "127.0.0.1"]);
  const own = issueCertificate(authority, ["oomph"]);
  const stranger = makeAuthority("Somebody else");

  async function behind(options: ProxyOptions): Promise<DockerProxy> {
    const proxy = await startDockerProxy(options);
    opened.push(proxy);
    return proxy;
  }

  test("with TLS on both sides", async () => {
    const { port } = await behind({ tls: { ...server, clientCa: authority.cert } });
    const endpoint = { kind: "tcp", host: "127.0.0.1", port, tls: true } as const;
    const mutual = { ca: authority.cert, cert: own.cert, key: own.key, verify: true };
    expect((await hostAt({ endpoint, tls: mutual }).facts()).cores).toBeGreaterThan(0);
    expect((await hostAt({ endpoint, tls: { cert: own.cert, key: own.key, verify: false } }).facts()).cores).toBeGreaterThan(0);
    await expect(hostAt({ endpoint }).facts()).rejects.toMatchObject({
      retryable: false,
      message: expect.stringContaining("the configured CA did not sign"),
    });
    await expect(hostAt({ endpoint, tls: { ...mutual, ca: stranger.cert } }).facts()).rejects.toMatchObject({
      message: expect.stringContaining("did not sign"),
    });
    await expect(hostAt({ endpoint, tls: { ca: authority.cert, verify: true } }).facts()).rejects.toMatchObject({ code: "unreachable" });
    await expect(hostAt({ endpoint: { ...endpoint, tls: false } }).facts()).rejects.toMatchObject({ code: "unreachable" });
  });

  test("under another name than its certificate's", async () => {
    const { port } = await behind({ tls: issueCertificate(authority, ["docker.example"]) });
    const host = hostAt({ endpoint: { kind: "tcp", host: "127.0.0.1", port, tls: true }, tls: { ca: authority.cert, verify: true } });
    await expect(host.facts()).rejects.toMatchObject({ message: expect.stringContaining("certificate for another name") });
  });

  test("that has dropped its connections is asked again over a new one", async () => {
    const proxy = await behind({});
    const host = hostAt({ endpoint: { kind: "socket", path: proxy.path } });
    for (let round = 0; round < 5; round += 1) {
      await host.facts();
      proxy.drop();
    }
    expect((await host.facts()).cores).toBeGreaterThan(0);
  });

  test("that hangs, and comes back", async () => {
    const proxy = await behind({});
    const host = hostAt({ endpoint: { kind: "socket", path: proxy.path } }, 1000);
    proxy.hang(true);
    await expect(host.list()).rejects.toMatchObject({ code: "timed-out" });
    proxy.hang(false);
    await expect.poll(async () => host.list().then(Array.isArray, () => false), { timeout: 60_000 }).toBe(true);
  });

  test("is not asked any more once it is closed", async () => {
    const { path } = await behind({});
    const hosts = createContainerHosts(
      [{ name: "prod", endpoint: { kind: "socket", path }, connectTimeoutMs: 20_000, callTimeoutMs: 60_000 }],
      { log: silentLog },
    );
    await hosts.host("prod").facts();
    await hosts.close();
    await expect(hosts.host("prod").facts()).rejects.toMatchObject({
      code: "unreachable",
      message: expect.stringContaining("shutting down"),
    });
  });
});
