import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startGithub, type LabGithub, type LabGithubFault } from "../../../scripts/lab/github.ts";
import { createGithub } from "../../../src/adapters/github/github.ts";
import type { GithubSettings } from "../../../src/adapters/github/settings.ts";
import { labelsFor } from "../../../src/domain/escalation.ts";
import type { CodeHost, NewIssue } from "../../../src/ports/code-host.ts";

const LABELS = labelsFor("docker", ["critical"]);
const never = new AbortController().signal;
let lab: LabGithub;
let host: CodeHost;
const running: (() => void)[] = [];
let made = 0;

beforeAll(async () => {
  lab = await startGithub();
});
beforeEach(() => {
  host = open();
});
afterEach(() => {
  for (const end of running.splice(0)) end();
});
afterAll(() => lab.stop());

function open(change: Partial<GithubSettings> = {}): CodeHost {
  const { apiUrl, token, repository } = lab;
  return createGithub({ apiUrl, token, repository, timeoutMs: 10_000, ...change }, { nowMs: Date.now });
}

function fault(does: LabGithubFault["does"], call?: RegExp): void {
  running.push(lab.fault({ does, ...(call === undefined ? {} : { call }) }));
}

function anIssue(change: Partial<NewIssue> = {}): NewIssue {
  made += 1;
  return {
    key: `inc_test${made}`,
    title: "docker/kong: critical",
    body: "86% of 4.0 GiB",
    labels: LABELS.map(({ name }) => name),
    ...change,
  };
}

const LONG_AGO_MS = Date.parse("2020-01-01T00:00:00Z");

describe("labels", () => {
  it("are made where they are missing, and left as they are where they are not", async () => {
    await lab.call("POST", "/labels", { name: "memory", color: "ffffff", description: "ours" });
    await host.ensureLabels(LABELS, never);
    const all = await lab.labels();
    expect(all).toEqual(
      expect.arrayContaining([
        { name: "docker", color: "1d63ed", description: "Container-related issue" },
        { name: "memory", color: "ffffff", description: "ours" },
        { name: "oom-risk", color: "d93f0b", description: "Risk of an out-of-memory kill" },
        { name: "priority:critical", color: "b60205", description: "Immediate attention required" },
      ]),
    );
    const before = lab.calls().length;
    await host.ensureLabels(LABELS, never);
    expect(lab.calls().length).toBe(before); // they are known now
    await open({ apiUrl: `${lab.apiUrl}/` }).ensureLabels(LABELS, never);
    expect((await lab.labels()).length).toBe(all.length);
  });

  it("made by another replica at the same moment are no error", async () => {
    fault({ kind: "status", status: 404 }, /GET .*labels/);
    await open().ensureLabels([LABELS[0] ?? { name: "docker", description: "", color: "000000" }], never);
  });
});

describe("an issue", () => {
  it("is opened with its labels, and found again by its key, open or closed", async () => {
    const issue = anIssue();
    expect(await host.findIssue(issue.key, LONG_AGO_MS, never)).toBeUndefined();
    const opened = await host.openIssue(issue, never);
    const [shown] = (await lab.issues()).filter(({ number }) => number === opened.number);
    expect(shown).toMatchObject({ title: issue.title, state: "open", labels: issue.labels, html_url: opened.url });
    expect(shown?.body).toBe(`86% of 4.0 GiB\n\n<!-- oomph:${issue.key} -->\n`);
    expect(await host.findIssue(issue.key, LONG_AGO_MS, never)).toEqual(opened);
    await lab.call("PATCH", `/issues/${opened.number}`, { state: "closed", labels: [] });
    expect(await host.findIssue(issue.key, LONG_AGO_MS, never)).toEqual(opened);
    expect(await host.findIssue(issue.key.slice(0, -1), LONG_AGO_MS, never)).toBeUndefined();
  });

  it("is found on a later page, and not looked for among older ones", async () => {
    const quiet = open();
    const wanted = await quiet.openIssue(anIssue({ key: "inc_behind" }), never);
    for (let other = 0; other < 101; other += 1) await lab.call("POST", "/issues", { title: `other ${other}`, body: "x" });
    expect(await quiet.findIssue("inc_behind", LONG_AGO_MS, never)).toEqual(wanted);
    const before = lab.calls().length;
    expect(await quiet.findIssue("inc_nowhere", Date.now() + 60_000, never)).toBeUndefined();
    expect(lab.calls().length).toBe(before + 1);
  });

  it("is opened once though the answer was lost", async () => {
    const issue = anIssue();
    fault({ kind: "answer-lost" }, /POST .*issues$/);
    await expect(host.openIssue(issue, never)).rejects.toMatchObject({ code: "unreachable", retryable: true });
    const found = await host.findIssue(issue.key, LONG_AGO_MS, never);
    expect(found).toBeDefined();
    expect((await lab.issues()).filter(({ body }) => body.includes(issue.key))).toHaveLength(1);
  });

  it("is changed, closed and opened again; labels of people stay", async () => {
    const issue = anIssue({ labels: ["memory", "priority:high"] });
    const { number, url } = await host.openIssue(issue, never);
    await lab.call("POST", `/issues/${number}/labels`, { labels: ["team-a"] });
    const change = {
      key: issue.key,
      body: "97%",
      addLabels: ["memory", "priority:critical"],
      removeLabels: ["priority:high", "never-had"],
    };
    expect(await host.updateIssue(number, { ...change, state: "closed" }, never)).toEqual({ number, url });
    const shown = async () => (await lab.issues()).find((one) => one.number === number);
    expect(await shown()).toMatchObject({ title: issue.title, state: "closed", body: `97%\n\n<!-- oomph:${issue.key} -->\n` });
    expect((await shown())?.labels.toSorted()).toEqual(["memory", "priority:critical", "team-a"]);
    await host.updateIssue(number, { ...change, addLabels: [], removeLabels: [] }, never);
    expect(await shown()).toMatchObject({ state: "closed" });
    await host.updateIssue(number, { ...change, state: "open" }, never);
    expect(await shown()).toMatchObject({ state: "open" });
  });

  it("gets a comment once, however often it is asked for", async () => {
    const { number } = await host.openIssue(anIssue(), never);
    const comment = { key: "inc_1/killed", text: "Killed again" };
    await host.comment(number, comment, never);
    await host.comment(number, comment, never);
    fault({ kind: "answer-lost" }, /POST .*comments/);
    const lost = { key: "inc_1/resolved", text: "Over" };
    await expect(host.comment(number, lost, never)).rejects.toMatchObject({ code: "unreachable" });
    await host.comment(number, lost, never);
    expect(await lab.comments(number)).toEqual([
      "Killed again\n\n<!-- oomph:inc_1/killed -->\n",
      "Over\n\n<!-- oomph:inc_1/resolved -->\n",
    ]);
  });
});

describe("a change", () => {
  const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
  const change = (name: string) => ({
    branch: `oomph/${name}`,
    path: `deploy/${name}/docker compose.yml`,
    before: bytes("memory: 2G\n"),
    content: bytes("memory: 4G\n"),
    title: "Raise kong's limit",
    body: "More room",
  });

  it("is proposed as a pull request of one file, byte for byte, once", async () => {
    const asked = change("inc_a");
    await lab.commit(encodeURI(asked.path), "memory: 2G\n");
    expect((await host.readFile({ path: asked.path }, never))?.content).toEqual(asked.before);
    const proposed = await host.proposeChange(asked, never);
    expect(await host.proposeChange(asked, never)).toEqual(proposed);
    const ours = (await lab.pulls()).filter(({ head }) => head.ref === asked.branch);
    expect(ours).toMatchObject([{ number: proposed.number, title: asked.title, body: "More room", state: "open", base: { ref: "main" } }]);
    expect(await lab.file(encodeURI(asked.path), asked.branch)).toBe("memory: 4G\n");
    expect(await lab.file(encodeURI(asked.path))).toBe("memory: 2G\n");
    expect((await host.readFile({ path: asked.path, branch: asked.branch }, never))?.content).toEqual(asked.content);
  });

  it.each([/POST .*refs/, /PUT .*contents/, /POST .*pulls/])(
    "goes on where an attempt broke off: the answer to %s was lost",
    async (call) => {
      const asked = change(`inc_lost${(made += 1)}`);
      await lab.commit(encodeURI(asked.path), "memory: 2G\n");
      fault({ kind: "answer-lost" }, call);
      await expect(host.proposeChange(asked, never)).rejects.toMatchObject({ code: "unreachable", retryable: true });
      const proposed = await host.proposeChange(asked, never);
      expect((await lab.pulls()).filter(({ head }) => head.ref === asked.branch)).toMatchObject([{ number: proposed.number }]);
      expect(await lab.file(encodeURI(asked.path), asked.branch)).toBe("memory: 4G\n");
    },
  );

  it("is refused where the file is not what it was made from, or not a file", async () => {
    const asked = change("inc_b");
    await lab.commit(encodeURI(asked.path), "memory: 3G\n");
    const stale = host.proposeChange(asked, never);
    await expect(stale).rejects.toMatchObject({ code: "conflict", retryable: false });
    await expect(stale).rejects.toThrow(/not what the change was made from: look at the file/);
    await expect(host.proposeChange({ ...change("inc_c"), path: "gone.yml" }, never)).rejects.toThrow(
      /gone\.yml on the branch oomph\/inc_c is not there/,
    );
    await expect(host.readFile({ path: "deploy" }, never)).rejects.toThrow(/expected to be a file of at most 1 MB/);
    expect(await host.readFile({ path: "gone.yml" }, never)).toBeUndefined();
    await expect(host.proposeChange({ ...asked, branch: "oomph/x", base: "no-such" }, never)).rejects.toMatchObject({ code: "not-found" });
  });
});

describe("a refusal", () => {
  const cases: readonly { readonly does: LabGithubFault["does"]; readonly expected: object; readonly says: RegExp }[] = [
    {
      does: { kind: "status", status: 401, message: "Bad credentials" },
      expected: { code: "wrong-credentials", retryable: false },
      says: /401: Bad credentials: put a token into github\.token/,
    },
    {
      does: { kind: "status", status: 403, message: "Resource not accessible" },
      expected: { code: "no-rights", retryable: false },
      says: /Issues: read and write/,
    },
    { does: { kind: "status", status: 404 }, expected: { code: "not-found", retryable: false }, says: /check github\.repository/ },
    { does: { kind: "status", status: 409 }, expected: { code: "conflict", retryable: true }, says: /409/ },
    { does: { kind: "status", status: 410 }, expected: { code: "not-found", retryable: false }, says: /deleted/ },
    {
      does: { kind: "status", status: 422, message: "Validation Failed" },
      expected: { code: "refused", retryable: false },
      says: /Validation Failed/,
    },
    { does: { kind: "status", status: 418 }, expected: { code: "refused", retryable: false }, says: /418/ },
    { does: { kind: "status", status: 500 }, expected: { code: "unreachable", retryable: true }, says: /fault of its own \(500/ },
    { does: { kind: "status", status: 503 }, expected: { code: "unreachable", retryable: true }, says: /503/ },
    { does: { kind: "page" }, expected: { code: "unreachable", retryable: true }, says: /check github\.apiUrl/ },
    { does: { kind: "break" }, expected: { code: "unreachable", retryable: true }, says: /no answer from GitHub \(\w+/ },
  ];

  it.each(cases)("$does.kind $does.status says what came and what to do", async ({ does, expected, says }) => {
    fault(does);
    const asked = host.openIssue(anIssue(), never);
    await expect(asked).rejects.toMatchObject(expected);
    await expect(asked).rejects.toThrow(says);
    await expect(asked).rejects.toThrow(/^could not open an issue \(acme\/ops\)/);
  });

  it.each([
    { status: 429, headers: { "retry-after": "7" }, waitMs: 7_000 },
    { status: 403, headers: { "retry-after": "30" }, waitMs: 30_000 },
    { status: 403, message: "You have exceeded a secondary rate limit", headers: {}, waitMs: 60_000 },
    { status: 429, headers: {}, waitMs: 60_000 },
    { status: 403, headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1" }, waitMs: 60_000 },
  ])("$status $headers asks to wait $waitMs ms", async ({ waitMs, ...status }) => {
    fault({ kind: "status", ...status });
    await expect(host.openIssue(anIssue(), never)).rejects.toMatchObject({ code: "rate-limited", retryable: true, retryAfterMs: waitMs });
  });

  it("waits until the limit is set back", async () => {
    const reset = Math.ceil(Date.now() / 1000) + 600;
    fault({ kind: "status", status: 403, headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(reset) } });
    const refusal: unknown = await host.openIssue(anIssue(), never).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: "rate-limited" });
    expect(refusal).toHaveProperty("retryAfterMs", expect.closeTo(600_000, -5));
  });

  it("of a wrong token is GitHub's own, and the token is in no message", async () => {
    const wrong = open({ token: "ghp_made_up_secret" });
    const refusal: unknown = await wrong.openIssue(anIssue(), never).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: "wrong-credentials" });
    expect(inspect(refusal, { depth: 20 })).not.toContain("ghp_made_up_secret");
    await expect(open({ repository: "acme/nowhere" }).openIssue(anIssue(), never)).rejects.toMatchObject({ code: "not-found" });
  });

  it("is no answer in time, or nobody there", async () => {
    fault({ kind: "hang" });
    await expect(open({ timeoutMs: 50 }).openIssue(anIssue(), never)).rejects.toMatchObject({ code: "timed-out", retryable: true });
    await expect(open({ apiUrl: "http://127.0.0.1:1" }).openIssue(anIssue(), never)).rejects.toMatchObject({
      code: "unreachable",
      retryable: true,
    });
    fault({ kind: "hang" });
    const stopping = new AbortController();
    const hanging = host.openIssue(anIssue(), stopping.signal);
    await sleep(0);
    stopping.abort();
    await expect(hanging).rejects.toMatchObject({ code: "timed-out", retryable: true });
  });
});
