import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { openScenes, type Scene as Container } from "../../scripts/lab/containers/scenes.ts";
import { docker, findDocker } from "../../scripts/lab/docker.ts";
import { startGithub, type LabGithub } from "../../scripts/lab/github.ts";
import { noteAbsentSystem, noteRealSystem } from "../../scripts/lab/real-systems.ts";
import { controlsOf, type LabMessage } from "../../scripts/lab/slack/index.ts";
import { startSmtp, type LabSmtp } from "../../scripts/lab/smtp.ts";
import { PATIENCE } from "../support/patience.ts";
import { wazuhAlert, wazuhPost } from "../support/wazuh.ts";
import { QUICK, seen, setScene, textOf, type Scene } from "./support/scene.ts";
import { readChoice } from "../../src/domain/target-choice.ts";

const daemon = await findDocker();
if (daemon.kind === "there") noteRealSystem("docker", daemon.version);
else noteAbsentSystem("docker", daemon.because);

const ON_CALL = "oncall@example.com";
const SECRET = "made-up-secret-of-wazuh";
const SCRIPT = resolve(import.meta.dirname, "../../examples/wazuh/custom-oomph");
const WITHIN_MS = 120_000;
const LONG = 300_000;
const STALLED_MS = 180_000;

// Wazuh's alerts of real kills, on the process as it ships: by its own script to the webhook, and by its Slack post.
describe.skipIf(daemon.kind === "absent")(`Wazuh${daemon.kind === "absent" ? ` (${daemon.because})` : ""}`, () => {
  const containers = openScenes();
  const prefix = `oomph-lab-${containers.run}`;
  const folder = mkdtempSync(join(tmpdir(), "oomph-ossec-"));
  const connections = { local: { url: process.env["DOCKER_HOST"] ?? "unix:///var/run/docker.sock", watch: [`${prefix}*`] } };
  const sections = { ...QUICK, docker: { connections }, webhooks: { wazuhSecret: SECRET }, watch: { enabled: false } };
  let scene: Scene;
  let host: string;
  let github: LabGithub;
  let smtp: LabSmtp;

  beforeAll(async () => {
    [github, smtp] = await Promise.all([startGithub(), startSmtp()]);
    const { token, apiUrl, repository } = github;
    const mail = { host: smtp.host, port: smtp.port, tls: "none", from: "oomph@example.com", to: [ON_CALL] };
    scene = await setScene({
      slack: { channels: ["alerts", "incidents"] },
      settings: (slack) => ({
        connections: {},
        access: { approvers: [slack.id("approver")] },
        sections: { ...sections, github: { token, apiUrl, repository }, mail },
      }),
    });
    scene.atEnd(() => smtp.stop());
    scene.atEnd(() => github.stop());
    host = (await docker(["info", "--format", "{{.Name}}"])).trim();
    // As in /var/ossec: the script logs beside its folder.
    for (const name of ["integrations", "logs"]) mkdirSync(join(folder, name));
    copyFileSync(SCRIPT, join(folder, "integrations/custom-oomph"));
    chmodSync(join(folder, "integrations/custom-oomph"), 0o755);
  }, LONG);

  afterAll(async () => {
    await scene?.stop();
    await containers.end();
    rmSync(folder, { recursive: true, force: true });
  }, LONG);

  const url = () => `${scene.oomph().url}/webhooks/wazuh`;
  const send = (body: string, headers: Record<string, string> = { authorization: `Bearer ${SECRET}` }) =>
    fetch(url(), { method: "POST", headers: { "content-type": "application/json", ...headers }, body });
  const about = (name: string, channel = "incidents") => scene.said(channel).filter((message) => textOf(message).includes(name));
  /** Threads; what is said in them may still be coming. */
  const begun = () => scene.said().filter(({ thread_ts: thread }) => thread === undefined).length;
  const rootOf = (name: string, withinMs = WITHIN_MS) =>
    seen(`a thread about ${name}`, () => about(name).find(({ thread_ts: thread }) => thread === undefined), withinMs);

  const issuesAbout = async (name: string) => (await github.issues()).filter(({ title }) => title.includes(name));
  const mailsAbout = (name: string) => smtp.mails().filter(({ headers }) => headers["subject"]?.includes(name));

  /** An issue and a mail about the kill, and the thread's word on both. */
  async function escalated(name: string, thread: string | undefined, channel = "incidents"): Promise<void> {
    const issue = await seen(`an issue about ${name}`, async () => (await issuesAbout(name))[0], WITHIN_MS);
    expect(issue).toMatchObject({ state: "open", labels: expect.arrayContaining(["docker", "memory", "oom-risk", "priority:critical"]) });
    const mail = await seen(`a mail about ${name}`, () => mailsAbout(name)[0], WITHIN_MS);
    expect(mail.recipients).toEqual([ON_CALL]);
    for (const link of [`#${issue.number}`, ON_CALL]) {
      const isSaid = (one: LabMessage): boolean => one.thread_ts === thread && textOf(one).includes(link);
      await seen(`${link} in the thread`, () => scene.said(channel).find(isSaid), WITHIN_MS);
    }
  }

  /** A container that the kernel has killed for want of memory, as Docker says too. */
  async function killed(name: string): Promise<Container> {
    const container = await containers.leak({ name: `${prefix}-${name}`, mibPerSecond: 200, limitMib: 64 });
    await vi.waitFor(
      async () =>
        expect((await docker(["inspect", "-f", "{{.State.Status}} {{.State.OOMKilled}}", container.id])).trim()).toBe("exited true"),
      { ...PATIENCE, timeout: WITHIN_MS },
    );
    return container;
  }

  /** What an integrator does with an alert. */
  async function integrate(alert: object, secret = SECRET): Promise<{ readonly code: number | null; readonly log: () => string }> {
    const file = join(folder, "alert.json");
    writeFileSync(file, JSON.stringify(alert));
    const script = spawn(join(folder, "integrations/custom-oomph"), [file, secret, url()], { stdio: "ignore" });
    const [code] = (await once(script, "exit")) as [number | null];
    rmSync(file); // it takes its file away
    return { code, log: () => readFileSync(join(folder, "logs/integrations.log"), "utf8") };
  }

  test(
    "the kernel's line about a real kill, by script: the thread of that container, whose runbook looks into it",
    async () => {
      const { id, name } = await killed("by-script");
      expect((await integrate(wazuhAlert({ log: kernelLine(id), host }))).code).toBe(0);
      const root = await rootOf(name);
      const told = await seen("what Wazuh has told", () => about("Told by wazuh").find((one) => one.thread_ts === root.ts), WITHIN_MS);
      expect(textOf(told)).toMatch(/The kernel killed .* its cgroup reached its limit.*by the container's id in the kernel's line/s);
      await seen(
        "the report",
        () => scene.said("incidents").find((one) => one.thread_ts === root.ts && /\bsure\b/.test(textOf(one))),
        WITHIN_MS,
      );
      await escalated(name, root.ts);
    },
    LONG,
  );

  test(
    "Wazuh's own post about a real kill: the thread is the post's; the webhook about the same adds to it",
    async () => {
      const { id, name } = await killed("by-post");
      const log = kernelLine(id);
      const { message } = await scene.people().postAsBot("alerts", wazuhPost({ log, host }));
      await seen("an answer in the post's thread", () => about(name, "alerts").find((one) => one.thread_ts === message.ts), WITHIN_MS);
      const alert = wazuhAlert({ log, host });
      expect((await send(JSON.stringify(alert))).status).toBe(202);
      expect((await send(JSON.stringify(alert))).status).toBe(202); // sent again: taken, and dropped
      await seen(
        "that it was reported again",
        () => about("Reported 2 times", "alerts").find((one) => one.thread_ts === message.ts),
        WITHIN_MS,
      );
      await seen("the repeat to be counted", async () => /duplicates_dropped_total\{kind="alert"\} 1/.test(await metrics()), WITHIN_MS);
      await escalated(name, message.ts, "alerts");
      expect([await issuesAbout(name), mailsAbout(name)].map(({ length }) => length)).toEqual([1, 1]); // told twice, escalated once
      expect(about("Reported 3 times", "alerts")).toEqual([]);
      expect(about(name)).toEqual([]); // nothing in the incident channel
    },
    LONG,
  );

  test(
    "a line with process and pid only is found by what Docker saw, or asked among those that it saw",
    async () => {
      const { name } = await killed("by-time");
      const log = "Memory cgroup out of memory: Killed process 4242 (node) total-vm:99kB, anon-rss:65536kB, file-rss:0kB, shmem-rss:0kB";
      expect((await send(JSON.stringify(wazuhAlert({ log, host })))).status).toBe(202);
      // Other kills on the same daemon at this time are other tests'.
      const answer = await seen("a thread, or a question that offers it", () => about(name).find(isRootOrOffers), WITHIN_MS);
      expect(textOf(answer)).toContain(name);

      function isRootOrOffers(message: LabMessage): boolean {
        // A choice says what it is chosen for, behind the target.
        const offers = controlsOf(message.blocks ?? []).map(({ value }) => readChoice(value).name);
        return message.thread_ts === undefined && (offers.length === 0 || offers.includes(`docker/${name}`));
      }
    },
    LONG,
  );

  test(
    "what is not the sender's, too large, broken or none of its concern opens nothing",
    async () => {
      const before = begun();
      const alert = JSON.stringify(wazuhAlert({ host }));
      expect((await send(alert, {})).status).toBe(401);
      expect((await send(alert, { authorization: "Bearer made-up-secret-of-wazuk" })).status).toBe(401);
      expect((await send(alert, { "x-oomph-secret": SECRET, "content-type": "text/plain" })).status).toBe(415);
      expect((await send(`"${"x".repeat(2 ** 20)}"`)).status).toBe(413);
      for (const broken of ["", "{", "[]", "null", "{}", '{"id":"1","rule":{}}', '{"__proto__":{"id":1}}'])
        expect((await send(broken)).status).toBe(400);
      const harmless = { ...wazuhAlert({ log: "usb 1-1: new device" }), rule: { id: "5100", level: 3, description: "kernel" } };
      expect(await (await send(JSON.stringify(harmless))).json()).toMatchObject({ status: "ignored" });
      expect((await fetch(url())).status).toBe(405);
      const { code, log } = await integrate(wazuhAlert({ host }), "another-secret-than-that");
      expect(code).toBe(1);
      expect(log()).toMatch(/refused: status 401 .*webhooks\.wazuhSecret/);
      expect(log()).not.toContain("another-secret");
      expect(begun()).toBe(before);
      expect((await fetch(`${scene.oomph().url}/healthz`)).status).toBe(200);
    },
    LONG,
  );

  test(
    "with the queue away nothing is promised, and the script tries again until it is back",
    async () => {
      const { id, name } = await killed("by-patience");
      const alert = wazuhAlert({ log: kernelLine(id), host });
      await scene.queue.kill();
      const refused = await send(JSON.stringify(alert));
      expect([refused.status, refused.headers.get("retry-after"), await refused.json()]).toMatchObject([
        503,
        "5",
        { error: expect.stringContaining("not kept: send it again") },
      ]);
      const { code, log } = await integrate(alert);
      expect(code).toBe(0);
      expect(log()).toMatch(/not accepted yet, trying again: status 503/);
      await scene.queue.restart();
      await rootOf(name);
      await vi.waitFor(() => expect(log()).toContain("accepted after another attempt"), { ...PATIENCE, timeout: WITHIN_MS });
    },
    LONG,
  );

  test(
    "what was taken is handled, though the process is killed in the next moment",
    async () => {
      const { id, name } = await killed("by-crash");
      expect((await send(JSON.stringify(wazuhAlert({ log: kernelLine(id), host })))).status).toBe(202);
      await scene.kill();
      await scene.start();
      const root = await rootOf(name, STALLED_MS); // a job in work when its process died is missed after half a minute
      await seen("what Wazuh has told", () => about("Told by wazuh").find((one) => one.thread_ts === root.ts), WITHIN_MS);
      expect(about(name).filter(({ thread_ts: thread }) => thread === undefined)).toHaveLength(1);
    },
    2 * STALLED_MS,
  );

  test(
    "the watch, Wazuh's webhook and post, and Alertmanager tell of one kill: one incident, whose count is edited in place",
    async () => {
      const webhooks = { ...sections.webhooks, alertmanagerSecret: SECRET };
      await scene.start({ sections: { ...sections, webhooks, watch: { enabled: true, every: "5m" } } });
      const { id, name } = await killed("by-all");
      const root = await rootOf(name);
      await send(JSON.stringify(wazuhAlert({ log: kernelLine(id), host })));
      const { message } = await scene.people().postAsBot("alerts", wazuhPost({ log: kernelLine(id), host }));
      await seen(
        "the way to the thread",
        () => about("has an open incident already", "alerts").find((one) => one.thread_ts === message.ts),
        WITHIN_MS,
      );
      await seen("what Wazuh has told", () => about("Told by wazuh").find((one) => one.thread_ts === root.ts), WITHIN_MS);
      const labels = { alertname: "ContainerOomKilled", name, severity: "critical" };
      const body = JSON.stringify({
        version: "4",
        status: "firing",
        alerts: [{ status: "firing", labels, startsAt: new Date().toISOString() }],
      });
      const headers = { "content-type": "application/json", authorization: `Bearer ${SECRET}` };
      expect((await fetch(`${scene.oomph().url}/webhooks/alertmanager`, { method: "POST", headers, body })).status).toBe(202);
      const counted = /Reported \d+ times \(1 by alertmanager, 2 by wazuh\)/;
      await seen(
        "all of them in the count",
        () => scene.said().find((one) => one.thread_ts === root.ts && counted.test(textOf(one))),
        WITHIN_MS,
      );
      expect(scene.said().filter((one) => one.thread_ts === root.ts && /Reported \d+ times/.test(textOf(one)))).toHaveLength(1);
      expect(about(name).filter(({ thread_ts: thread }) => thread === undefined)).toHaveLength(1);
    },
    LONG,
  );

  test(
    "without a secret there is no webhook",
    async () => {
      const { webhooks: _, ...rest } = sections;
      await scene.start({ sections: rest });
      expect((await send(JSON.stringify(wazuhAlert({ host })))).status).toBe(404);
    },
    LONG,
  );

  async function metrics(): Promise<string> {
    return (await fetch(`${scene.oomph().url}/metrics`)).text();
  }
});

/** What the kernel wrote of this container, where this machine shows it; else the same made from the container's id. */
function kernelLine(id: string): string {
  const { stdout } = spawnSync("sh", ["-c", "dmesg"], { encoding: "utf8", maxBuffer: 2 ** 26 });
  const real = (stdout ?? "").split("\n").findLast((line) => line.includes("task_memcg=") && line.includes(id));
  const made = `oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=${id},mems_allowed=0,oom_memcg=/docker/${id},task_memcg=/docker/${id},task=node,pid=4242,uid=0`;
  return real?.replace(/^.*?(?=oom-kill:)/, "") ?? made;
}
