import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { flattenPost } from "../../../src/adapters/slack/flatten-post.ts";
import { createJudge } from "../../../src/alerts/judge.ts";
import { readAlert } from "../../../src/alerts/read-alert.ts";
import { alertmanager } from "../../../src/alerts/senders/alertmanager/index.ts";
import type { Alert } from "../../../src/domain/alert.ts";

/** What a real Alertmanager sent of one alert, each way: `sent` to the webhook, `posts` to Slack. */
type Recorded = {
  readonly name: string;
  readonly sent: unknown;
  readonly posts: Readonly<Record<"default" | "labelled", { readonly attachments: readonly unknown[] }>>;
  readonly judged: Pick<Alert, "class" | "memory">;
};

const FOLDER = resolve(import.meta.dirname, "../../fixtures/alerts/alertmanager");
const RECORDED = readdirSync(FOLDER)
  .filter((name) => name.startsWith("0.25-"))
  .map((name) => ({ ...(JSON.parse(readFileSync(join(FOLDER, name), "utf8")) as Recorded), name: name.replace(".json", "") }));

describe("an alert of the examples' rules, as Alertmanager tells of it", () => {
  const judge = createJudge();

  test("was recorded for each rule", () => {
    const rules = readFileSync(resolve(import.meta.dirname, "../../../examples/prometheus/rules.yml"), "utf8");
    const named = Array.from(rules.matchAll(/- alert: (\w+)/g), ([, name = ""]) => name);
    const recorded = RECORDED.map(({ sent }) => byWebhook(sent).name);
    expect(named.filter((name) => !recorded.includes(name))).toEqual([]);
  });

  test.each(RECORDED)("$name: is judged as its rule means it", ({ sent, judged }) => {
    expect(byWebhook(sent)).toMatchObject(judged);
  });

  test.each(RECORDED)("$name: the post with labels comes to the same", ({ sent, posts, judged }) => {
    const [told, posted] = [byWebhook(sent), byPost(posts.labelled)];
    expect(posted).toMatchObject({ ...judged, name: told.name, status: told.status, severity: told.severity, labels: told.labels });
    expect(posted.subject).toEqual(told.subject);
  });

  test("a namespace that stands in a title is known to be a guess: there are labels between it and the pod", () => {
    const title = "[FIRING:1] HighPythonObjectGrowth (app shop dict web-6f9c8d5b47-x2x4b warning)";
    const posted = byPost({ attachments: [{ title, fallback: title }] });
    expect(posted.subject).toMatchObject({ pod: "web-6f9c8d5b47-x2x4b", namespace: "dict", isNamespaceGuessed: true });
  });

  // Its own template has values without names: what of them is known by its shape comes to the same target.
  test.each(RECORDED)("$name: so does the post by Alertmanager's own template", ({ sent, posts, judged }) => {
    const [told, posted] = [byWebhook(sent), byPost(posts.default)];
    expect(posted).toMatchObject({ ...judged, name: told.name, status: told.status, severity: told.severity });
    const { about, namespace, pod } = told.subject;
    expect(posted.subject).toMatchObject({ about, ...(namespace && { namespace }), ...(pod && { pod }) });
    expect([...posted.subject.names, ...posted.subject.hosts]).toEqual(expect.arrayContaining([...placesOf(told)]));
  });

  /** The word by which its target is found, where that is no pod. */
  function placesOf({ labels, subject: { pod } }: Alert): readonly string[] {
    if (pod !== undefined) return [];
    const [word] = ["name", "node", "instance"].flatMap((label) => labels[label] ?? []);
    return word === undefined ? [] : [word.replace(/^redis:\/\//, "")];
  }

  function byWebhook(sent: unknown): Alert {
    const read = alertmanager.readSent(sent);
    if (read.kind === "unfit") throw new Error(read.because);
    return only(read.facts.map((facts) => judge(facts, "alertmanager")));
  }

  function byPost({ attachments }: Recorded["posts"]["default"]): Alert {
    const { source, alerts } = readAlert({ text: flattenPost({ text: "", attachments: [...attachments] }) }, judge);
    expect(source).toBe("alertmanager");
    return only(alerts);
  }

  function only(alerts: readonly Alert[]): Alert {
    const [alert, ...others] = alerts;
    if (alert === undefined || others.length > 0) throw new Error(`expected one alert, got ${alerts.length}`);
    return alert;
  }
});
