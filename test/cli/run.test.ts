import { mkdtempSync, rmSync } from "node:fs";
import { userInfo } from "node:os";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { DECISION, REQUEST, RUN } from "../../scripts/docs/example-facts.ts";
import { openStore } from "../../src/adapters/sql/open-store.ts";
import { systemClock } from "../../src/adapters/system/system-clock.ts";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { followRequest, type Following } from "../../src/cli/follow-request.ts";
import { runCommandLine } from "../../src/cli/program.ts";
import { askedWords, commandFor, decisionWords, endedWords, namesBy, nextStep } from "../../src/cli/request-words.ts";
import { sayCardLink } from "../../src/cli/see-to-end.ts";
import { exitCodeOf, readStanding } from "../../src/cli/standing.ts";
import { whoAsks } from "../../src/cli/who-asks.ts";
import { REQUEST_TRANSITIONS, type RequestState } from "../../src/domain/action-request.ts";
import { OomphError } from "../../src/domain/errors.ts";
import type { Store } from "../../src/ports/store.ts";
import { aPlan, aSaying, createRequest } from "../contract/store-samples.ts";
import { PATIENCE } from "../support/patience.ts";

const name = namesBy(new Map([["bob", "U0APPROVER"]]));
const STATES = Object.keys(REQUEST_TRANSITIONS) as RequestState[];

describe("who asks", () => {
  test("is the user of the operating system, as the configuration names them, and nobody else", () => {
    const { username } = userInfo();
    expect(whoAsks(new Map([[username, "U0ALICE"]]))).toMatchObject({ kind: "known", userId: "U0ALICE", shell: { login: username } });
    const because = whoAsks(new Map([["somebody-else", "U0ALICE"]]));
    expect(because).toMatchObject({ kind: "unknown", because: expect.stringContaining(`add access.logins.${username}: U...`) });
  });
});

describe("what is said of a request", () => {
  test("who may approve leaves out who asked, and gives logins where they are known", () => {
    const policy = { ...REQUEST.policy, approvers: [REQUEST.requestedBy, "U0APPROVER"], approvalsNeeded: 1 };
    const text = askedWords({ request: { ...REQUEST, policy, shell: { login: "deploy", host: "web-1" } } }, { name }).join("\n");
    expect(text).toMatch(/^Asked for by U0RESPONDER, from deploy on web-1: request req_/);
    expect(text).toContain("Needs 1 approval from U0APPROVER (bob), or the glass broken, by policy");
    expect(text).toContain('Whoever approves types "sessions 2" to confirm.');
  });

  test("of several approvals each is counted, and reasons are given", () => {
    const request = { ...REQUEST, policy: { ...REQUEST.policy, approvalsNeeded: 2 } };
    const second = { ...DECISION, userId: "U0SECOND", reason: "seen it" };
    const decisions = [DECISION, second];
    expect(decisions.map((each) => decisionWords(each, { request, decisions, name }))).toEqual([
      "Approved by U0APPROVER (bob), 1 of 2",
      "Approved by U0SECOND, 2 of 2: “seen it”",
    ]);
  });

  test("each end has an exit code of its own, and only success is 0", () => {
    const ended = STATES.filter((state) => REQUEST_TRANSITIONS[state].length === 0);
    const codes = ended.map((state) => exitCodeOf({ request: { ...REQUEST, state } }));
    expect(new Set(codes).size).toBe(ended.length);
    expect(ended.filter((state) => exitCodeOf({ request: { ...REQUEST, state } }) === EXIT.ok)).toEqual(["succeeded"]);
  });

  test("what was measured stands in a table; what was not begun has changed nothing", () => {
    const done = endedWords({ request: { ...REQUEST, state: "succeeded" }, decisions: [], run: RUN }, undefined);
    expect(done).toMatch(/^Done, and it helped: Writes are accepted again.*✓ {2}Used memory +256\.0 MiB +24\.6 MiB\n/s);
    const denied = endedWords({ request: { ...REQUEST, state: "denied", outcome: "denied: no" }, decisions: [DECISION] }, undefined);
    expect(denied).toBe("Denied: denied: no\nNothing has been changed.\n");
    const { begunAtMs: _, ...waiting } = RUN;
    expect(endedWords({ request: { ...REQUEST, state: "failed", outcome: "x" }, decisions: [], run: waiting }, undefined)).toContain(
      "Nothing has been changed",
    );
    expect(endedWords({ request: { ...REQUEST, state: "unknown", outcome: "x" }, decisions: [], run: RUN }, undefined)).not.toContain(
      "Nothing has been",
    );
    const superseded = endedWords({ request: { ...REQUEST, state: "superseded", supersededBy: "req_2" }, decisions: [] }, undefined);
    expect(superseded).toContain("oomph follow req_2");
  });

  test("the way back is a line to copy, quoted for the shell", () => {
    const proposed = { actionId: "docker.set-environment", params: { set: "A=it's $HOME\nB=1", atMost: 3 } };
    const target = { kind: "docker", connection: "prod-eu", name: "kong" } as const;
    expect(commandFor(proposed, { target })).toBe(
      "oomph run docker.set-environment prod-eu:docker/kong --set 'A=it'\\''s $HOME\nB=1' --at-most 3",
    );
    const action = { wayBack: () => proposed, repair: () => ({ actionId: "repair", params: {} }) };
    const standing = { decisions: [], run: RUN };
    expect(nextStep(action, { ...standing, request: { ...REQUEST, state: "succeeded" } })).toBe(proposed);
    const partly = { ...RUN, observation: { kind: "partly", says: "half" } } as const;
    expect(nextStep(action, { ...standing, run: partly, request: { ...REQUEST, state: "failed" } })).toMatchObject({ actionId: "repair" });
    const undone = { ...RUN, observation: { kind: "not-done", says: "none" } } as const;
    expect(nextStep(action, { ...standing, run: undone, request: { ...REQUEST, state: "failed" } })).toBeUndefined();
    expect(nextStep(action, { decisions: [], request: { ...REQUEST, state: "denied" } })).toBeUndefined();
  });
});

describe("following", () => {
  const folder = mkdtempSync(join(tmpdir(), "oomph-follow-test-"));
  let store: Store;

  beforeAll(async () => {
    store = await openStore({ kind: "sqlite", path: join(folder, "oomph.sqlite"), busyTimeoutMs: 2_000 });
  });
  afterAll(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function follow(id: string, change: Partial<Following> = {}) {
    const said: string[] = [];
    const stopping = new AbortController();
    const following = {
      tables: store,
      processes: async () => 1,
      tell: (says: string) => void said.push(says),
      name,
      signal: stopping.signal,
    };
    return { said, stopping, ended: followRequest(id, { ...following, ...change }) };
  }
  const told = (said: readonly string[], what: string) => vi.waitFor(() => expect(said).toContain(what), PATIENCE);

  test("tells each thing once, in its order, until the end", async () => {
    const { id } = await createRequest(store);
    const { said, ended } = follow(id);
    await told(said, "Waiting for approval");
    await store.settings.set("freeze", { on: true, by: "U0APPROVER", atMs: 1, reason: "maintenance" });
    await told(said, "Frozen by U0APPROVER (bob): “maintenance”. Nothing can be approved until /oom freeze off");
    await store.settings.set("freeze", { on: false, by: "U0APPROVER", atMs: 2 });
    await told(said, "Thawed: it can be approved again");
    await store.requests.decide({ requestId: id, userId: "U0APPROVER", kind: "approve", atMs: 3 });
    await store.requests.transition(id, ["pending"], "approved", { atMs: 3 });
    const run = await store.runs.ofRequest(id, `run_of_${id}`);
    await store.runs.begin(run.id, { begunAtMs: 4, plan: aPlan() });
    await store.requests.transition(id, ["approved"], "executing", { atMs: 4 });
    await store.requests.transition(id, ["executing"], "verifying", { atMs: 5 });
    await told(said, "Done, checking whether it helped");
    await store.requests.transition(id, ["verifying"], "succeeded", { atMs: 6, outcome: "better" });
    expect(await ended).toMatchObject({ request: { state: "succeeded" }, run: { begunAtMs: 4 } });
    expect(said.slice(3)).toEqual(["Approved by U0APPROVER (bob)", "Begun", "Done, checking whether it helped"]);
  });

  test("where it is decided is said when its card comes, however late that is", async () => {
    const { id, incidentId } = await createRequest(store);
    const chat = { permalink: async ({ ts }: { readonly ts: string }) => `https://chat.example.com/${ts}` };
    const out: string[] = [];
    const over = new AbortController();
    const looking = { requestId: id, withinMs: Number.POSITIVE_INFINITY, signal: over.signal, silent: false };
    const link = sayCardLink({ desk: { store, clock: systemClock }, chat }, looking, { out: (text) => void out.push(text) });
    const card = await store.outbox.say(aSaying({ slot: `${id}/card`, incidentId }), "dlv_late", 1);
    expect(out).toEqual([]);
    await store.outbox.sent(card, { ts: "1795.1", revision: 1 });
    expect(await link).toBe("https://chat.example.com/1795.1");
    expect(out).toEqual(["Approved or denied here: https://chat.example.com/1795.1\n"]);

    const unseen = await createRequest(store);
    const none = sayCardLink(
      { desk: { store, clock: systemClock }, chat },
      { ...looking, requestId: unseen.id },
      { out: (text) => void out.push(text) },
    );
    over.abort();
    expect([await none, out.length]).toEqual([undefined, 1]);
  });

  test("a database that is away for a while is waited for, and said once", async () => {
    const { id } = await createRequest(store);
    let failures = 0;
    const requests = {
      ...store.requests,
      async get(wanted: string) {
        failures += 1;
        if (failures === 2 || failures === 3) throw new OomphError("store-unavailable", "away", { retryable: true });
        return store.requests.get(wanted);
      },
    };
    const { said, ended } = follow(id, { tables: { ...store, requests } });
    await told(said, "The database answers again");
    await store.requests.transition(id, ["pending"], "expired", { atMs: 2, outcome: "nobody decided" });
    expect(await ended).toMatchObject({ request: { state: "expired" } });
    expect(said).toEqual([
      "Waiting for approval",
      "The database does not answer, looking again until it does",
      "The database answers again",
    ]);
  });

  test("a process that goes and comes is told; stopping leaves the request as it is", async () => {
    const { id } = await createRequest(store);
    let running = 0;
    const { said, stopping, ended } = follow(id, { processes: async () => running });
    await told(said, "No Oomph process is running: nothing is decided or carried out until one is");
    running = 1;
    await told(said, "Oomph is running again");
    stopping.abort();
    expect(await ended).toMatchObject({ request: { state: "pending" } });
    expect(await store.requests.get(id)).toMatchObject({ state: "pending" });
  });

  test("of a request that there is not, where to look", async () => {
    await expect(readStanding(store, "req_none")).rejects.toMatchObject({
      code: "not-found",
      message: expect.stringContaining("oomph approvals"),
    });
  });
});

describe("the commands", () => {
  test.each([
    ["without the process's configuration", ["run", "restart", "docker/web"], EXIT.badInput, /slack\.botToken/],
    [
      "a reason as long as a book",
      ["run", "restart", "docker/web", "--reason", "x".repeat(501)],
      EXIT.badInput,
      /--reason expected at most 500/,
    ],
    ["no target", ["run", "restart"], EXIT.badInput, /missing required argument 'target'/],
    ["no database", ["approvals"], EXIT.badInput, /expected Oomph's database at /],
    ["a lone parameter", ["run", "restart", "docker/web", "now"], EXIT.badInput, /expected a parameter such as --limit 4g/],
  ])("%s: is said, and nothing is asked for", async (...[, args, code, says]) => {
    let [out, err] = ["", ""];
    const ended = await runCommandLine(args, {
      out: (text) => void (out += text),
      err: (text) => void (err += text),
      isTerminal: false,
      columns: 80,
      read: () => Readable.from([]),
      sources: async () => ({
        env: { OOMPH_SQLITE_PATH: join(tmpdir(), "oomph-there-is-none.sqlite") },
        readFile: () => {
          throw Object.assign(new Error("none"), { code: "ENOENT" });
        },
      }),
    });
    expect([ended, err, out]).toEqual([code, expect.stringMatching(says), ""]);
  });
});
