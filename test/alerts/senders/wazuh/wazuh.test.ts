import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it, test } from "vitest";
import { flattenPost } from "../../../../src/adapters/slack/flatten-post.ts";
import { readAlert } from "../../../../src/alerts/read-alert.ts";
import { createJudge } from "../../../../src/alerts/judge.ts";
import { wazuh } from "../../../../src/alerts/senders/wazuh/index.ts";
import { parseWazuhAlert } from "../../../../src/alerts/senders/wazuh/schema.ts";
import { createTaker } from "../../../../src/alerts/take-sent.ts";
import { OomphError } from "../../../../src/domain/errors.ts";
import type { AddOutcome } from "../../../../src/ports/job-queue.ts";
import { wazuhAlert, wazuhPost } from "../../../support/wazuh.ts";

const CGROUP = "Memory cgroup out of memory: Killed process 42 (node) total-vm:1000kB, anon-rss:800kB, file-rss:0kB, shmem-rss:0kB";

const judge = createJudge();

function reading(body: object) {
  const sent = wazuh.readSent(body);
  if (sent.kind === "unfit") throw new Error(sent.because);
  return sent.facts.map((facts) => judge(facts, "wazuh"))[0];
}

function posted(post: object) {
  const { source, alerts } = readAlert({ text: flattenPost(post) }, judge);
  expect(source).toBe("wazuh");
  return alerts[0];
}

describe("an alert of rule 5108", () => {
  it("is read by its log line, not by what the rule calls it", () => {
    const alert = wazuhAlert({ log: CGROUP, host: "node-7", timestamp: "2026-06-11T14:22:20.511+0200" });
    expect(reading(alert)).toMatchObject({
      class: "oom_killed",
      severity: "critical",
      source: "wazuh",
      subject: { about: "container", hosts: ["node-7"] },
      startsAtMs: Date.parse("2026-06-11T12:22:20.511Z"),
      kills: [{ process: "node", pid: 42, constraint: "cgroup" }],
    });
    expect(posted(wazuhPost({ log: CGROUP, host: "node-7" }))).toMatchObject({
      class: "oom_killed",
      severity: "critical",
      source: "wazuh",
      subject: { about: "container", hosts: ["node-7"] },
      kills: [{ process: "node", pid: 42, constraint: "cgroup" }],
    });
  });

  it("names the machine of the line before the agent that collected it", () => {
    const alert = { ...wazuhAlert({ log: CGROUP, host: "node-7" }), agent: { id: "000", name: "manager" } };
    expect(reading(alert)).toMatchObject({ subject: { hosts: ["node-7", "manager"] } });
  });

  it("whose line names nobody is about memory all the same, and says so", () => {
    const says = "Wazuh says that memory ran out, by a line that names nobody killed:";
    const log = "Out of Memory: the page cache is in bad shape";
    expect(reading(wazuhAlert({ log }))).toMatchObject({ kills: [{ process: null, says: expect.stringContaining(says) }] });
    expect(posted(wazuhPost({ log }))).toMatchObject({
      kills: [{ process: null, says: expect.stringContaining("the page cache is in bad") }],
    });
  });

  it("about a kill that was asked for by hand is left alone", () => {
    const log = "sh invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=-1, oom_score_adj=0";
    expect(reading(wazuhAlert({ log }))).toMatchObject({ memory: "no", class: "other" });
    expect(posted(wazuhPost({ log }))).toMatchObject({ memory: "no", class: "other" });
  });
});

it("other alerts are left alone", () => {
  const other = { id: "2902", level: 7, description: "New package installed." };
  const log = "2025-02-03 21:41:42 status installed rsync:amd64 3.2.7";
  expect(reading({ ...wazuhAlert({ log }), rule: other })).toMatchObject({ memory: "no", class: "other" });
  expect(posted(wazuhPost({ log, ruleId: "2902", title: other.description }))).toMatchObject({ memory: "no", class: "other" });
});

describe("what claims to be an alert", () => {
  it.each([
    ["nothing", null],
    ["a list", []],
    ["another thing", { hello: "world" }],
    ["no id", { ...wazuhAlert({}), id: undefined }],
    ["an empty id", { ...wazuhAlert({}), id: "" }],
    ["a level beyond Wazuh's", { ...wazuhAlert({}), rule: { id: "5108", level: 99 } }],
    ["a log that is no text", { ...wazuhAlert({}), full_log: { $gt: "" } }],
    ["an id of a kilobyte", { ...wazuhAlert({}), id: "1".repeat(1024) }],
  ])("and is %s is unfit, told by field and without its values", (_what, value) => {
    const parsed = parseWazuhAlert(value);
    expect(parsed).toMatchObject({ kind: "unfit", because: expect.stringMatching(/\w+/) });
    expect(JSON.stringify(parsed)).not.toContain("1111");
  });

  it("may have numbers where newer managers write text, and fields that nobody knows", () => {
    const odd = JSON.parse(
      '{"id":1781187740.25,"rule":{"id":5108,"level":"12"},"__proto__":{"polluted":true},"constructor":{"a":1}}',
    ) as object;
    expect(parseWazuhAlert(odd)).toMatchObject({ kind: "alert", alert: { id: "1781187740.25", rule: { id: "5108", level: 12 } } });
    expect({}).not.toHaveProperty("polluted");
  });
});

const none = (): void => undefined;

describe("what is sent is queued", () => {
  function taker(add: (name: string, payload: unknown, options: { readonly id: string }) => Promise<AddOutcome>) {
    const received: string[] = [];
    const metrics = { received: (kind: string) => void received.push(kind) };
    const logged: object[] = [];
    const log = { debug: (fields: object) => void logged.push(fields), info: none, warn: none, error: none };
    const desk = { queue: { add } as never, clock: { nowMs: () => 5 } as never, metrics: metrics as never, log, judge };
    const taken = createTaker(wazuh, desk);
    const take = (body: unknown) => taken(body, "0".repeat(64));
    return { take, received, logged };
  }

  it("under an id that is the same for the same alert", async () => {
    const added: { readonly name: string; readonly payload: unknown; readonly id: string }[] = [];
    const { take } = taker(async (name, payload, { id }) => {
      const isKnown = added.some((one) => one.id === id);
      added.push({ name, payload, id });
      return isKnown ? "known" : "added";
    });
    const alert = wazuhAlert({ log: CGROUP, id: "1781187740.1" });
    expect(await take(alert)).toEqual({ kind: "queued", id: "1781187740.1" });
    expect(await take(alert)).toEqual({ kind: "known", id: "1781187740.1" });
    expect(await take({ ...alert, id: "1781187740.2" })).toMatchObject({ kind: "queued" });
    expect(added.map(({ name }) => name)).toEqual(["alert", "alert", "alert"]);
    expect(new Set(added.map(({ id }) => id)).size).toBe(2);
    expect(added[0]?.id).toMatch(/^wazuh_[0-9a-f]{40}$/);
    expect(added[0]?.payload).toMatchObject({ sent: { id: "wazuh/1781187740.1", receivedAtMs: 5, alerts: [{ class: "oom_killed" }] } });
  });

  it("unless it is not about memory, or unfit, or the queue is away", async () => {
    const { take, logged } = taker(async () => {
      throw new OomphError("queue-unavailable", "away");
    });
    expect(await take({ ...wazuhAlert({ log: "sshd: hello" }), rule: { id: "1", level: 3 } })).toMatchObject({ kind: "ignored" });
    expect(logged).toMatchObject([{ source: "wazuh", count: 1, alerts: [{ rule: "none" }] }]);
    expect(await take({})).toMatchObject({ kind: "unfit" });
    await expect(take(wazuhAlert({ log: CGROUP }))).rejects.toMatchObject({ code: "queue-unavailable" });
  });
});

// Alerts of others, where they are at hand.
const SAMPLES = resolve(import.meta.dirname, "../../../../../shared/samples/alerts");

test.skipIf(!existsSync(SAMPLES))("samples of Wazuh's posts and alerts are read as they are labelled", () => {
  const sample = (name: string) => JSON.parse(readFileSync(resolve(SAMPLES, name), "utf8")) as object;
  const memcg = {
    kills: [{ process: "mysqld", pid: 796205, constraint: "cgroup", anonRssBytes: 521000 * 1024 }],
    subject: { hosts: ["k8s-worker-02"] },
  };
  expect(reading(sample("36_wazuh_alert_memcg_oom.json"))).toMatchObject(memcg);
  expect(posted(sample("37_wazuh_slack_memcg_oom.json"))).toMatchObject(memcg);
  expect(posted(sample("38_wazuh_slack_global_oom.json"))).toMatchObject({
    kills: [{ process: "uwsgi", pid: 13592, constraint: "global" }],
  });
  expect(posted(sample("39_wazuh_slack_dpkg.json"))).toMatchObject({ memory: "no", class: "other" });
});
