import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { flattenPost } from "../../../src/adapters/slack/flatten-post.ts";
import { createJudge } from "../../../src/alerts/judge.ts";
import { readAlert } from "../../../src/alerts/read-alert.ts";
import { SENDERS } from "../../../src/alerts/senders/index.ts";
import type { Alert } from "../../../src/domain/alert.ts";

/** An alert of one sender, as its webhook has it and as it stands in a channel. */
type Pair = {
  readonly id: string;
  readonly sender: string;
  readonly sent: unknown;
  readonly post: { readonly text?: string; readonly attachments?: readonly object[]; readonly blocks?: readonly object[] };
};

const FILE = new URL("../../fixtures/alerts/both-ways/pairs.json", import.meta.url);
const PAIRS = JSON.parse(readFileSync(FILE, "utf8")) as readonly Pair[];
const judge = createJudge();

describe("what comes by webhook and stands in a channel too", () => {
  test("is there of each sender that does both", () => {
    expect([...new Set(PAIRS.map(({ sender }) => sender))].toSorted()).toEqual(["cloudwatch", "grafana", "pagerduty", "sentry", "wazuh"]);
  });

  test.each(PAIRS)("$id: comes to the same", ({ sender, sent, post }) => {
    const [told, posted] = [only(byWebhook(sender, sent)), only(byPost(sender, post))];
    const { memory, class: kind, status, rule } = told;
    expect(posted).toMatchObject({ memory, class: kind, status, rule });
    expect(placesOf(posted)).toEqual(placesOf(told));
  });
});

/** Who it may be, the likeliest first: what one of the two says beside does not change who is found. Nobody looks for whom another alert is about. */
function placesOf({ memory, subject: { about, namespace, pod, container, owner, names, hosts }, kills }: Alert) {
  if (memory === "no") return {};
  return {
    about,
    namespace,
    pod,
    container,
    owner,
    name: names[0],
    host: hosts[0],
    killed: kills.map(({ process, pid }) => [process, pid]),
  };
}

function byWebhook(sender: string, sent: unknown): readonly Alert[] {
  const { readSent, source } = SENDERS.find((one) => one.source === sender) ?? {};
  const read = readSent?.(sent);
  if (read?.kind !== "facts" || source === undefined) throw new Error(`expected alerts of ${sender}`);
  return read.facts.map((facts) => judge(facts, source));
}

function byPost(sender: string, { text = "", attachments = [], blocks = [] }: Pair["post"]): readonly Alert[] {
  const { source, alerts } = readAlert({ text: flattenPost({ text, attachments: [...attachments], blocks: [...blocks] }) }, judge);
  expect(source).toBe(sender);
  return alerts;
}

function only(alerts: readonly Alert[]): Alert {
  const [alert, ...others] = alerts;
  if (alert === undefined || others.length > 0) throw new Error(`expected one alert, got ${alerts.length}`);
  return alert;
}
