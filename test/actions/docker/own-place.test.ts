import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { docker } from "../../../scripts/lab/docker.ts";
import { belongsToOomph } from "../../../src/actions/docker/own-place.ts";
import { findOwnPlace } from "../../../src/adapters/system/own-place.ts";
import type { OwnPlace } from "../../../src/ports/container-acts.ts";
import { PATIENCE } from "../../support/patience.ts";
import { daemon, inspected, openLab } from "./lab.ts";

const SEES = "cat /proc/self/cgroup /proc/self/mountinfo; echo seen; sleep 1000";
const ITSELF = "the container that Oomph itself runs in";

describe.skipIf(daemon.kind === "absent")("what Oomph itself runs on, in containers", () => {
  const { scenes, deps } = openLab();
  const folder = mkdtempSync(join(tmpdir(), "oomph-own-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function part(own: OwnPlace, name: string): Promise<string | undefined> {
    const host = deps.hosts.host("local");
    const facts = await host.inspect(name);
    return belongsToOomph(own, { facts, definition: await deps.acts.host("local").definition(facts.id), hostFacts: await host.facts() });
  }

  /** The place of a process in that container, by what it sees of itself there. */
  async function placeIn(name: string): Promise<OwnPlace> {
    await vi.waitFor(async () => expect(await docker(["logs", name])).toContain("seen"), PATIENCE);
    const file = join(folder, name);
    writeFileSync(file, await docker(["logs", name]));
    return { ...(await findOwnPlace([], [file])), hostname: "another" };
  }

  test.each([
    ["as usual", []],
    ["with a hostname of its own, in the host's network", ["--network", "host"]],
    ["in a cgroup namespace of its own", ["--cgroupns", "private", "--hostname", "oomph"]],
  ])("its own container, by what a process sees there of itself: %s", async (_how, more) => {
    const [own, other] = [await scenes.shell(SEES, { more }), await scenes.shell(SEES)];
    const place = await placeIn(own.name);
    expect(place.containerIds).toEqual([own.id]);
    expect(await part(place, own.name)).toBe(ITSELF);
    expect(await part(place, other.name)).toBeUndefined();
  });

  test("its PostgreSQL: by a port at this machine's addresses, in the host's network, through the gateway, and by name", async () => {
    const published = await scenes.shell("sleep 1000", { more: ["-p", "127.0.0.1::5432"] });
    const port = Number((await docker(["port", published.name, "5432/tcp"])).trim().split(":").at(-1));
    const gateway = await inspected(published.name, "{{range .NetworkSettings.Networks}}{{.Gateway}}{{end}}");
    const address = await inspected(published.name, "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}");
    const { hostname } = await deps.hosts.host("local").facts();
    const onHost: OwnPlace = { containerIds: [], podUids: [], hostname, addresses: ["127.0.0.1", "10.1.2.3"], servers: [] };
    const inContainer: OwnPlace = { ...onHost, hostname: "another", addresses: ["172.17.0.9"] };
    const database = (host: string, more: { readonly port?: number; readonly addresses?: readonly string[] } = {}) => ({
      servers: [{ what: "store", host, port, addresses: [host], ...more } as const],
    });
    const store = expect.stringMatching(/^the database of Oomph's own records/);

    expect(await part({ ...onHost, ...database("localhost", { addresses: ["127.0.0.1"] }) }, published.name)).toEqual(store);
    expect(await part({ ...onHost, ...database("10.1.2.3") }, published.name)).toEqual(store);
    expect(await part({ ...onHost, ...database("db.internal", { addresses: ["10.1.2.3"] }) }, published.name)).toEqual(store);
    expect(await part({ ...inContainer, ...database(gateway) }, published.name)).toEqual(store);
    expect(await part({ ...inContainer, ...database(published.name, { port: 5432, addresses: [address] }) }, published.name)).toEqual(
      store,
    );
    expect(await part({ ...inContainer, ...database(address, { port: 5432 }) }, published.name)).toEqual(store);

    expect(await part({ ...onHost, ...database("10.9.9.9") }, published.name)).toBeUndefined();
    expect(await part({ ...onHost, ...database("10.1.2.3", { port: 6543 }) }, published.name)).toBeUndefined();
    expect(await part({ ...inContainer, ...database("127.0.0.1") }, published.name)).toBeUndefined();

    const shared = await scenes.shell("sleep 1000", { more: ["--network", "host", "--expose", "5432"] });
    expect(await part({ ...onHost, ...database("127.0.0.1", { port: 5432 }) }, shared.name)).toEqual(store);
    expect(await part({ ...onHost, ...database("127.0.0.1", { port: 5433 }) }, shared.name)).toBeUndefined();
  });
});
