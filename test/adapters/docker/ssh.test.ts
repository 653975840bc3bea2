import { createHash } from "node:crypto";
import { createConnection, type AddressInfo } from "node:net";
import ssh2 from "ssh2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findDocker } from "../../../scripts/lab/docker.ts";
import { daemonSocket } from "../../../scripts/lab/docker-proxy.ts";
import { noteAbsentSystem, noteRealSystem } from "../../../scripts/lab/real-systems.ts";
import { createContainerHosts } from "../../../src/adapters/docker/container-hosts.ts";
import type { DockerSsh } from "../../../src/adapters/docker/settings.ts";
import type { ContainerHost } from "../../../src/ports/containers.ts";
import { silentLog } from "./silent-log.ts";

const daemon = await findDocker();
if (daemon.kind === "there") noteRealSystem("docker", daemon.version);
else noteAbsentSystem("docker", daemon.because);

const { Server, utils } = ssh2;

describe.skipIf(daemon.kind === "absent")(`a Docker host over SSH${daemon.kind === "absent" ? ` (${daemon.because})` : ""}`, () => {
  const hostKey = keyPair();
  const own = keyPair();
  const fingerprint = `SHA256:${createHash("sha256").update(publicBytes(hostKey.public)).digest("base64").replace(/=+$/, "")}`;
  const counts = { connections: 0, commands: [] as string[], open: 0, mostOpen: 0 };
  const clients = new Set<{ end(): void }>();
  const closing: { close(): Promise<void> }[] = [];
  // What sshd does on a Docker host: takes one user's key, and relays a session to the daemon's socket.
  const server = new Server({ hostKeys: [hostKey.private] }, (client) => {
    counts.connections += 1;
    clients.add(client);
    client.on("error", () => undefined);
    client.once("close", () => clients.delete(client));
    client.on("authentication", (context) => {
      const isKnown = context.method === "publickey" && context.username === "ops" && context.key.data.equals(publicBytes(own.public));
      if (isKnown) context.accept();
      else context.reject(["publickey"]);
    });
    client.on("session", (accept) => {
      accept().on("exec", (acceptExec, _reject, { command }) => {
        counts.commands.push(command);
        counts.open += 1;
        counts.mostOpen = Math.max(counts.mostOpen, counts.open);
        const channel = acceptExec();
        const relay = createConnection(daemonSocket());
        channel.pipe(relay).pipe(channel);
        relay.on("error", () => channel.close());
        channel.on("close", () => {
          counts.open -= 1;
          relay.destroy();
        });
      });
    });
  });

  beforeAll(async () => {
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  });
  afterAll(async () => {
    for (const one of closing) await one.close();
    for (const client of clients) client.end();
    await new Promise<void>((done) => server.close(() => done()));
  });

  function hostWith(ssh: DockerSsh, user = "ops"): ContainerHost {
    const { port } = server.address() as AddressInfo;
    const endpoint = { kind: "ssh", user, host: "127.0.0.1", port } as const;
    const hosts = createContainerHosts([{ name: "far", endpoint, ssh, connectTimeoutMs: 20_000, callTimeoutMs: 60_000 }], {
      log: silentLog,
    });
    closing.push(hosts);
    return hosts.host("far");
  }

  test("is asked through sessions of one connection", async () => {
    const host = hostWith({ privateKey: own.private, hostKeySha256: fingerprint });
    const before = counts.connections;
    const lists = await Promise.all(Array.from({ length: 30 }, () => host.list()));
    expect(lists).toHaveLength(30);
    expect((await host.facts()).cores).toBeGreaterThan(0);
    expect(counts.connections - before).toBe(1);
    expect(new Set(counts.commands)).toEqual(new Set(["docker system dial-stdio"]));
    expect(counts.mostOpen).toBeLessThanOrEqual(9); // sshd allows 10
    expect(counts.commands.length).toBeLessThan(30); // sessions are used again
  });

  test("connects again after the connection broke", async () => {
    const host = hostWith({ privateKey: own.private, hostKeySha256: fingerprint });
    await host.facts();
    for (const client of clients) client.end();
    await expect
      .poll(
        async () =>
          host.facts().then(
            ({ cores }) => cores > 0,
            () => false,
          ),
        { timeout: 60_000 },
      )
      .toBe(true);
  });

  test("is not spoken to when its key is another, or unknown; the key it showed is told", async () => {
    await expect(hostWith({ privateKey: own.private }).list()).rejects.toMatchObject({
      code: "wrong-credentials",
      message: expect.stringContaining(`showed the SSH key ${fingerprint}, and none is configured`),
    });
    await expect(hostWith({ privateKey: own.private, hostKeySha256: "SHA256:other" }).list()).rejects.toMatchObject({
      code: "wrong-credentials",
      message: expect.stringContaining(`${fingerprint}, expected SHA256:other`),
    });
  });

  test("says whether the key or the user is not taken, or cannot be read", async () => {
    const stranger = keyPair();
    for (const host of [
      hostWith({ privateKey: stranger.private, hostKeySha256: fingerprint }),
      hostWith({ privateKey: own.private, hostKeySha256: fingerprint }, "root"),
    ]) {
      await expect(host.list()).rejects.toMatchObject({
        code: "wrong-credentials",
        message: expect.stringContaining("did not accept the SSH key"),
      });
    }
    await expect(hostWith({ privateKey: "no key", hostKeySha256: fingerprint }).list()).rejects.toMatchObject({
      code: "bad-input",
      message: expect.stringContaining("Expected a private key without a passphrase"),
    });
  });
});

/** `ssh-ed25519 AAAA...` → the bytes that fingerprints are made of. */
function publicBytes(text: string): Buffer {
  return Buffer.from(text.split(" ")[1] ?? "", "base64");
}

/** Of the keys that the library makes, one in some two hundred is one that it cannot read itself. */
function keyPair(): ReturnType<typeof utils.generateKeyPairSync> {
  for (;;) {
    const pair = utils.generateKeyPairSync("ed25519");
    if (!(utils.parseKey(pair.private) instanceof Error)) return pair;
  }
}
