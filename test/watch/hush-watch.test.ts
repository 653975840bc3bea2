import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startDaemon, type LabDaemon } from "../../scripts/lab/daemon/daemon.ts";
import { setSilence, endSilence } from "../../src/incidents/silences.ts";
import { recordKill } from "../../src/watch/record-kill.ts";
import { REQUESTER, startDesk, type TestDesk } from "../support/desk.ts";
import { seen } from "../support/seen.ts";
import { container, startWatch, type WatchRig } from "./rig.ts";
import { openOrJoin } from "../support/open-or-join.ts";

const MIB = 2 ** 20;
const MINUTE_MS = 60_000;

describe("what the watch notices and somebody has silenced", () => {
  let test: TestDesk;
  let daemon: LabDaemon;
  let watch: WatchRig;

  beforeEach(async () => {
    [test, daemon] = await Promise.all([startDesk(), startDaemon()]);
    watch = startWatch(test, { sockets: { local: daemon.path } });
    daemon.put("kong", { usageBytes: 500 * MIB, limitBytes: 512 * MIB });
  });
  afterEach(async () => {
    await watch.end();
    await Promise.all([test.stop(), daemon.close()]);
  });

  const looks = async (times: number): Promise<void> => {
    for (let index = 0; index < times; index += 1) {
      await watch.look();
      test.moveOn(5 * MINUTE_MS);
      daemon.aheadMs += 5 * MINUTE_MS;
    }
  };
  const silence = async (kills = false): Promise<string> => {
    const wish = { what: { kind: "target", pattern: "docker/*" }, kills, until: { ms: 86_400_000 }, userId: REQUESTER } as const;
    const set = await setSilence(test.desk, wish);
    if (set.kind !== "set") throw new Error(`expected a silence, got ${set.kind}`);
    return set.silence.id;
  };

  it("opens nothing and is counted once; when the silence ends, the next look tells it, and what was kept quiet", async () => {
    const id = await silence();
    await looks(4);
    expect(await watch.incidents("kong")).toEqual([]);
    expect(await test.desk.store.hushed.counts()).toEqual([{ by: id, count: 1, kills: 0, waiting: 1 }]);
    expect(await endSilence(test.desk, { id, userId: REQUESTER })).toMatchObject({ kind: "ended" });
    await looks(1);
    expect(await watch.told("kong")).toEqual([expect.stringContaining("500.0 MiB of its limit of 512.0 MiB")]);
    const [incident] = await watch.incidents("kong");
    expect(incident).toMatchObject({ timesSeen: 1 });
    const slots = await test.desk.store.outbox.ofIncident(incident?.id ?? "");
    const kept = slots.find(({ slot }) => slot.includes("/kept-quiet/"))?.content;
    expect(kept?.kind === "message" ? seen(kept.message).join("\n") : "").toContain("1 report of it before this was kept quiet");
    await looks(2);
    expect(await watch.told("kong")).toHaveLength(1);
  });

  it("is counted once in each night of quiet hours", async () => {
    const midnightMs = Math.floor(test.desk.clock.nowMs() / 86_400_000) * 86_400_000;
    const minutes = Math.floor((test.desk.clock.nowMs() - midnightMs) / MINUTE_MS);
    // From now on for four hours, each day.
    const quietHours = { fromMinutes: minutes, toMinutes: (minutes + 240) % 1440, zone: "UTC" };
    Object.assign(watch.deps.desk, { calm: { maintenance: [], quietHours } });
    daemon.put("kong", { usageBytes: 400 * MIB, limitBytes: 512 * MIB });
    const count = async () => (await test.desk.store.hushed.counts()).map((one) => [one.by, one.count]);
    await looks(4);
    expect(await count()).toEqual([["quiet-hours", 1]]);
    test.moveOn(86_400_000 - 20 * MINUTE_MS);
    daemon.aheadMs += 86_400_000 - 20 * MINUTE_MS;
    await looks(4);
    expect(await count()).toEqual([["quiet-hours", 2]]);
  });

  it("is counted into an incident that is open, where nothing new is said", async () => {
    const open = await openOrJoin(
      watch.deps.desk.store.incidents,
      {
        ...(await test.incident()),
        id: "inc_kong",
        fingerprint: "docker/kong container-memory",
        target: container("kong"),
        problem: "container-memory",
      },
      0,
    );
    await silence();
    const before = await test.desk.store.outbox.ofIncident(open.incident.id);
    await looks(2);
    const [incident] = await watch.incidents("kong");
    expect(incident).toMatchObject({ timesSeen: 2, severity: "critical" });
    expect(await test.desk.store.outbox.ofIncident(open.incident.id)).toEqual(before);
  });

  it("is told all the same when it is a kill, unless kills were silenced too", async () => {
    const first = await silence();
    await recordKill(watch.deps, { target: container("kong"), atMs: test.desk.clock.nowMs() });
    expect(await watch.told("kong")).toEqual([expect.stringContaining("The kernel killed a process in docker/kong")]);
    await endSilence(test.desk, { id: first, userId: REQUESTER });
    const second = await silence(true);
    test.moveOn(MINUTE_MS);
    const again = { target: container("kong"), atMs: test.desk.clock.nowMs() };
    await recordKill(watch.deps, again);
    await recordKill(watch.deps, again);
    expect(await watch.told("kong")).toHaveLength(1);
    expect(await test.desk.store.hushed.counts()).toEqual([{ by: second, count: 1, kills: 1, waiting: 1 }]);
  });
});
