import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { LabGithubFault } from "../../scripts/lab/github.ts";
import { startRedis, type RedisLab } from "../../scripts/lab/redis.ts";
import type { LabSmtpFault } from "../../scripts/lab/smtp.ts";
import type { Incident } from "../../src/domain/incident.ts";
import { CHANNEL, startDesk, type TestDesk } from "../support/desk.ts";
import {
  anIncident,
  depsOn,
  happens,
  HOUR_MS,
  MINUTE_MS,
  ONCALL,
  rowOf,
  run,
  runAll,
  SECOND,
  startOutside,
  thread,
  type Outside,
} from "./escalating.ts";

describe("telling an incident outside the chat", () => {
  let outside: Outside;
  let test: TestDesk;
  let deps: ReturnType<typeof depsOn>;
  let incident: Incident;
  const faults: (() => void)[] = [];

  let redis: RedisLab;

  beforeAll(async () => {
    [outside, redis] = await Promise.all([startOutside(), startRedis()]);
  });
  beforeEach(async () => {
    test = await startDesk({ redisUrl: redis.url });
    deps = depsOn(test, outside);
    incident = await anIncident(deps.desk);
  });
  afterEach(async () => {
    for (const end of faults.splice(0)) end();
    await test.stop();
  });
  afterAll(() => Promise.all([outside.stop(), redis.stop()]));

  const github = (does: LabGithubFault["does"], call?: RegExp, times = 1): void => {
    faults.push(outside.github.fault({ does, times, ...(call === undefined ? {} : { call }) }));
  };
  const smtp = (does: LabSmtpFault["does"], times = 1): void => void faults.push(outside.smtp.fault({ does, times }));
  const issues = async () => (await outside.github.issues()).filter(({ body }) => body.includes(`oomph:${incident.id} `));
  const mails = () => outside.smtp.mails().filter(({ raw }) => raw.includes(incident.id));
  const subjects = (): readonly (string | undefined)[] => mails().map(({ headers }) => headers["subject"]);
  const row = (kind: "github-issue" | "mail", key: string) => rowOf(deps.desk, incident, `${kind} ${key}`);
  const says = async (): Promise<string> => (await thread(deps.desk, incident)).map((one) => one.says).join("\n");

  it("makes one issue with its labels and one mail, and the thread links both", async () => {
    await happens(deps, incident, ["critical", "kong uses 86% of its memory, 3.4 GiB of 4.0 GiB"]);
    await runAll(deps);
    const [issue] = await issues();
    expect(issue?.labels.toSorted()).toEqual(["docker", "memory", "oom-risk", "priority:critical"]);
    expect(issue).toMatchObject({ state: "open", title: "docker/kong: memory above the critical threshold" });
    expect(issue?.body).toContain("kong uses 86% of its memory, 3.4 GiB of 4.0 GiB");
    expect(subjects()).toEqual(["[Oomph] Memory above the critical threshold: docker/kong"]);
    expect(await row("github-issue", "critical")).toMatchObject({
      state: "sent",
      externalId: String(issue?.number),
      externalUrl: issue?.html_url,
    });
    expect(await row("mail", "critical")).toMatchObject({ state: "sent", reached: [ONCALL] });

    const said = await says();
    expect(said).toContain(`<${issue?.html_url}|acme/ops#${issue?.number}>`);
    expect(said).toContain(`Mail* to \`${ONCALL}\``);
    expect(said).toContain(`&lt;oomph.${incident.id}.critical@example.com&gt;`);
    expect(await test.auditKinds()).toEqual(["escalated", "escalated"]);
  });

  it("links the thread, in the issue and in the mail", async () => {
    const posted = await deps.chat.post({ channel: CHANNEL }, { text: "kong", blocks: [] }, "dlv_1");
    incident = await anIncident(deps.desk, { rootTs: posted.ts });
    await happens(deps, incident, ["critical"]);
    await runAll(deps);
    const url = await deps.chat.permalink(posted);
    expect((await issues())[0]?.body).toContain(`[The thread in Slack](${url})`);
    expect(mails()[0]?.raw.replaceAll("=\r\n", "")).toContain(`Thread in Slack: ${url}`);
  });

  it("makes no second one of the same: the issue shows that it goes on", async () => {
    await happens(deps, incident, ["killed", "kong was killed, 2.0 GiB"]);
    await runAll(deps);
    await happens(deps, incident, ["killed", "kong was killed again, 2.1 GiB"]);
    await runAll(deps);
    expect(await run(deps, (await row("github-issue", "killed")).id)).toEqual({ kind: "done" });
    expect((await issues())[0]?.body).not.toContain("again");
    test.moveOn(16 * MINUTE_MS);
    await runAll(deps);
    const [issue, ...others] = await issues();
    expect(others).toEqual([]);
    expect(issue?.body).toMatch(/\(2 times, last [^)]+\): kong was killed again, 2\.1 GiB/);
    expect(await outside.github.comments(issue?.number ?? 0)).toEqual([]);
    expect(mails()).toHaveLength(1);
  });

  it("tells when it gets worse and when it is over, in the same issue and the same row of mails", async () => {
    await happens(deps, incident, ["warning"]);
    await runAll(deps);
    await happens(deps, incident, ["critical", "kong uses 97%"]);
    await runAll(deps);
    const [open] = await issues();
    expect(open?.labels.toSorted()).toEqual(["docker", "memory", "oom-risk", "priority:critical"]);
    await happens(deps, incident, ["resolved", "usage is back at 41%"]);
    await happens(deps, incident, ["resolved", "usage is back at 41%"]);
    await runAll(deps);

    const [issue, ...others] = await issues();
    expect(others).toEqual([]);
    expect(issue).toMatchObject({ number: open?.number, state: "closed", labels: open?.labels });
    const comments = await outside.github.comments(issue?.number ?? 0);
    expect(comments.map((comment) => comment.split("\n")[0])).toEqual([
      expect.stringMatching(/^\*\*Memory above the critical threshold\*\* \(.*UTC\): kong uses 97%$/),
      expect.stringMatching(/^\*\*Over\*\* \(.*UTC\): usage is back at 41% Oomph closes this issue\.$/),
    ]);
    expect(subjects()).toEqual([
      "[Oomph] Memory above the warning threshold: docker/kong",
      "[Oomph] Memory above the critical threshold: docker/kong",
      "[Oomph] Over: docker/kong",
    ]);
    const first = mails()[0]?.headers["message-id"];
    expect(
      mails()
        .slice(1)
        .map(({ headers }) => headers["references"]),
    ).toEqual([first, first]);
    expect(await says()).toContain("closed");
  });

  it("opens the issue again when the incident comes back, and writes again", async () => {
    for (const event of ["critical", "resolved", "critical"] as const) {
      await happens(deps, incident, [event]);
      await runAll(deps);
    }
    expect(await issues()).toMatchObject([{ state: "open" }]);
    expect(mails()).toHaveLength(3);
    expect((await deps.desk.store.escalations.ofIncident(incident.id)).map(({ kind, key }) => `${kind} ${key}`)).toContain(
      "mail critical-2",
    );
  });

  it("leaves an issue closed that people have closed, until something new happens", async () => {
    await happens(deps, incident, ["warning"]);
    await runAll(deps);
    const [issue] = await issues();
    await outside.github.call("PATCH", `/issues/${issue?.number}`, { state: "closed", title: "Kong, known" });
    await happens(deps, incident, ["warning", "kong still uses 75%"]);
    test.moveOn(16 * MINUTE_MS);
    await runAll(deps);
    expect(await issues()).toMatchObject([{ state: "closed", body: expect.stringContaining("75%") }]);
    await happens(deps, incident, ["critical"]);
    await runAll(deps);
    expect(await issues()).toMatchObject([{ state: "open", title: "Kong, known" }]);
  });

  it("waits for the verdict that is on its way, and tells it", async () => {
    const { store } = deps.desk;
    const investigation = { id: "inv_1", incidentId: incident.id, runbookId: "container-memory", target: incident.target, failures: [] };
    await store.investigations.create({ ...investigation, state: "running", startedAtMs: deps.desk.clock.nowMs() });
    await happens(deps, incident, ["critical"]);
    const { id } = await row("mail", "critical");
    expect(await run(deps, id)).toEqual({ kind: "later", delayMs: 2_000 });
    expect(mails()).toEqual([]);
    const finding = { verdict: "x", headline: "37 workers on 32 cores need 7.2 GiB", confidence: 0.9, for: [], against: [], advice: [] };
    const diagnosis = { finding, hypotheses: [], summary: [{ label: "Workers", value: "37" }], suspects: undefined, furtherSteps: [] };
    await store.investigations.update("inv_1", { state: "done", endedAtMs: deps.desk.clock.nowMs(), diagnosis });
    await runAll(deps);
    expect(mails()[0]?.raw).toContain("Verdict (fairly sure, 90%): 37 workers on 32 cores need 7.2 GiB");
    expect((await issues())[0]?.body).toContain("- Workers: 37");
  });

  it("does not wait for a verdict for long", async () => {
    const investigation = { id: "inv_2", incidentId: incident.id, runbookId: "container-memory", target: incident.target, failures: [] };
    await deps.desk.store.investigations.create({ ...investigation, state: "running", startedAtMs: deps.desk.clock.nowMs() });
    await happens(deps, incident, ["critical"]);
    test.moveOn(20_000);
    await runAll(deps);
    expect(mails()).toHaveLength(1);
  });

  describe("when nobody answers", () => {
    it("tries again until it is accepted, says that it is late and why, and that it went through", async () => {
      github({ kind: "status", status: 503 }, undefined, 100);
      await happens(deps, incident, ["critical"]);
      const { id } = await row("github-issue", "critical");
      const waits: number[] = [];
      while ((await row("github-issue", "critical")).told === undefined) {
        const outcome = await run(deps, id);
        const delayMs = outcome.kind === "later" ? outcome.delayMs : 0;
        waits.push(delayMs);
        test.moveOn(delayMs);
      }
      expect(waits.slice(0, 4)).toEqual([3_750, 7_500, 15_000, 30_000]);
      const late = await says();
      expect(late).toContain("The GitHub issue is late");
      expect(late).toContain("503");
      await run(deps, id);
      expect(await says()).toBe(late); // once is enough

      for (const end of faults.splice(0)) end();
      test.moveOn(HOUR_MS);
      await run(deps, id);
      expect(await issues()).toHaveLength(1);
      expect(await row("github-issue", "critical")).toMatchObject({ state: "sent" });
      expect((await says()).slice(late.length)).toMatch(/opened.*It went through after 1 h/s);
    });

    it("keeps the order, and tells even what is over by now", async () => {
      github({ kind: "break" }, undefined, 100);
      smtp({ kind: "refuse-connection", code: 421 }, 100);
      await happens(deps, incident, ["critical"]);
      await runAll(deps);
      await happens(deps, incident, ["resolved"]);
      await runAll(deps);
      expect(mails()).toEqual([]);
      for (const end of faults.splice(0)) end();
      test.moveOn(HOUR_MS);
      await runAll(deps);
      expect(await issues()).toMatchObject([{ state: "closed" }]);
      expect(subjects()).toEqual(["[Oomph] Memory above the critical threshold: docker/kong", "[Oomph] Over: docker/kong"]);
    });

    it("waits as long as GitHub asks", async () => {
      github({ kind: "status", status: 403, headers: { "retry-after": "1800" } });
      await happens(deps, incident, ["critical"]);
      expect(await run(deps, (await row("github-issue", "critical")).id)).toEqual({ kind: "later", delayMs: 1_800_000 });
      expect(await says()).toContain("GitHub asks to wait 1800 s");
    });

    it("gives up after a week, and says so", async () => {
      smtp({ kind: "refuse-mail", code: 451 }, 100);
      await happens(deps, incident, ["critical"]);
      const { id } = await row("mail", "critical");
      await run(deps, id);
      test.moveOn(7 * 24 * HOUR_MS);
      expect(await run(deps, id)).toEqual({ kind: "done" });
      expect(await row("mail", "critical")).toMatchObject({ state: "failed" });
      expect(await says()).toMatch(/The mail was given up.*7 d and 2 attempts.*Tell them yourself/);
      expect(await test.auditKinds()).toContain("escalation-failed");
    });
  });

  describe("when it is refused for good", () => {
    it("says so at once, and goes through once somebody has put it right", async () => {
      github({ kind: "status", status: 401, message: "Bad credentials" }, undefined, 2);
      await happens(deps, incident, ["critical"]);
      const { id } = await row("github-issue", "critical");
      expect(await run(deps, id)).toEqual({ kind: "later", delayMs: HOUR_MS });
      const refused = await says();
      expect(refused).toMatch(/The GitHub issue was refused.*put a token into.*I keep trying for a day/s);
      test.moveOn(HOUR_MS);
      await run(deps, id);
      expect(await says()).toBe(refused);
      test.moveOn(HOUR_MS);
      await run(deps, id);
      expect(await issues()).toHaveLength(1);
      expect((await says()).slice(refused.length)).toMatch(/It went through after 2 h/);
    });

    it("gives up after a day, and begins anew with what happens then", async () => {
      github({ kind: "status", status: 404 }, undefined, 100);
      await happens(deps, incident, ["killed"]);
      const { id } = await row("github-issue", "killed");
      await run(deps, id);
      test.moveOn(24 * HOUR_MS);
      expect(await run(deps, id)).toEqual({ kind: "done" });
      expect(await says()).toContain("The GitHub issue was given up");
      for (const end of faults.splice(0)) end();
      await happens(deps, incident, ["killed"]);
      await runAll(deps);
      expect(await issues()).toHaveLength(1);
    });

    it("reaches those whom it can, each once", async () => {
      deps = depsOn(test, outside, [ONCALL, SECOND]);
      smtp({ kind: "refuse-recipient", code: 550, address: SECOND });
      await happens(deps, incident, ["critical"]);
      const { id } = await row("mail", "critical");
      await run(deps, id);
      expect(await says()).toMatch(/The mail was refused.*second@example\.com: 550.*It has reached `oncall@example\.com`/s);
      test.moveOn(HOUR_MS);
      await run(deps, id);
      expect(mails().map(({ recipients }) => recipients)).toEqual([[ONCALL], [SECOND]]);
      expect(await row("mail", "critical")).toMatchObject({ state: "sent", reached: [ONCALL, SECOND] });
      test.moveOn(HOUR_MS);
      await runAll(deps);
      expect(mails()).toHaveLength(2);
    });

    it("says what is not configured", async () => {
      const { codeHost: _codeHost, mailer: _mailer, ...bare } = deps;
      await happens(bare, incident, ["critical"]);
      for (const kind of ["github-issue", "mail"] as const) await run(bare, (await row(kind, "critical")).id);
      expect(await says()).toMatch(/set github\.token and github\.repository/);
      expect(await says()).toMatch(/set mail\.host, mail\.from and mail\.to/);
    });
  });

  describe("when an answer is lost", () => {
    it.each([/GET .*labels/, /POST .*labels/, /GET .*issues$/, /POST .*issues$/])(
      "after %s there is one issue all the same",
      async (call) => {
        github({ kind: "answer-lost" }, call);
        incident = await anIncident(deps.desk);
        await happens(deps, incident, ["critical"]);
        const { id } = await row("github-issue", "critical");
        await run(deps, id);
        test.moveOn(MINUTE_MS);
        await run(deps, id);
        expect(await issues()).toHaveLength(1);
        expect(await row("github-issue", "critical")).toMatchObject({ state: "sent" });
      },
    );

    it.each([/PATCH .*issues/, /POST .*comments/, /POST .*labels/, /GET .*comments/, /DELETE .*labels/])(
      "after %s there is one comment, and the labels are right",
      async (call) => {
        await happens(deps, incident, ["warning"]);
        await runAll(deps);
        github({ kind: "answer-lost" }, call);
        await happens(deps, incident, ["killed"]);
        const { id } = await row("github-issue", "killed");
        await run(deps, id);
        test.moveOn(MINUTE_MS);
        await run(deps, id);
        const [issue] = await issues();
        expect(issue?.labels.toSorted()).toEqual(["docker", "memory", "oom-risk", "priority:critical"]);
        expect(await outside.github.comments(issue?.number ?? 0)).toHaveLength(1);
        expect(await row("github-issue", "killed")).toMatchObject({ state: "sent" });
      },
    );

    it("the mail is sent once more, and carries the same Message-ID", async () => {
      smtp({ kind: "answer-lost" });
      await happens(deps, incident, ["critical"]);
      const { id } = await row("mail", "critical");
      await run(deps, id);
      test.moveOn(MINUTE_MS);
      await run(deps, id);
      const ids = mails().map(({ headers }) => headers["message-id"]);
      expect(ids).toHaveLength(2);
      expect(new Set(ids).size).toBe(1);
    });
  });

  it("is done by one of several senders", async () => {
    await happens(deps, incident, ["critical"]);
    const { id } = await row("github-issue", "critical");
    const mail = await row("mail", "critical");
    await Promise.all([1, 2, 3, 4].flatMap(() => [run(deps, id), run(deps, mail.id)]));
    expect(await issues()).toHaveLength(1);
    expect(mails()).toHaveLength(1);
  });

  it("makes what stands in names and figures harmless", async () => {
    incident = await anIncident(deps.desk, { target: { kind: "docker", connection: "local", name: "evil`@everyone`<!--" } });
    const nasty = "evil @everyone #1 https://evil.example <!-- oomph:inc_x --> <img src=x> [a](b) *bold*\n# Title";
    await happens(deps, incident, ["critical", nasty]);
    await runAll(deps);
    const [issue] = await issues();
    const body = issue?.body ?? "";
    expect(body).not.toMatch(/@everyone #|<img|<!-- oomph:inc_x|\n# Title|https:\/\/evil/);
    expect(body).toContain("evil @&#8203;everyone #&#8203;1 https:&#8203;//evil.example &lt;!-- oomph:inc\\_x --&gt;");
    expect(issue?.title).toBe("docker/evilˋ@everyoneˋ<!--: memory above the critical threshold");
    expect(mails()[0]?.raw.split("text/html")[1]).not.toContain("<img");
  });
});
