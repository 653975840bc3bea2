import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { createGenericReader } from "../../../src/alerts/senders/generic/index.ts";
import { SENDERS } from "../../../src/alerts/senders/index.ts";
import { MOST_ALERTS } from "../../../src/alerts/senders/sender.ts";
import type { AlertFacts } from "../../../src/domain/alert.ts";

/*
 * What each sender's webhook sends, written for this project: test/fixtures/alerts/<sender>/*.json hold a message (`sent`)
 * and what is to be read in it (`expected`).
 */

type Fixture = {
  readonly says: string;
  readonly sent: unknown;
  readonly expected: { readonly id?: string; readonly leftOut?: number; readonly alerts: readonly Partial<AlertFacts>[] };
};

const FOLDER = resolve(import.meta.dirname, "../../fixtures/alerts");

const FIXTURES = SENDERS.filter(({ source }) => source !== "wazuh").flatMap(({ source }) =>
  readdirSync(join(FOLDER, source)).map((name) => {
    const fixture = JSON.parse(readFileSync(join(FOLDER, source, name), "utf8")) as Fixture;
    return { source, name: name.replace(".json", ""), ...fixture };
  }),
);

function reader(source: string) {
  const { readSent, knowsSent } = SENDERS.find((sender) => sender.source === source) ?? {};
  if (readSent === undefined) throw new Error(`${source} has no JSON`);
  const facts = (body: unknown) => {
    const sent = readSent(body);
    if (sent.kind === "unfit") throw new Error(sent.because);
    return sent;
  };
  return { read: readSent, facts, knows: (body: unknown) => (knowsSent?.(body) ?? true) && readSent(body).kind === "facts" };
}

describe("a message of a sender's webhook is read as it was meant", () => {
  test("there are several of each", () => {
    const few = SENDERS.filter(({ source }) => source !== "wazuh" && FIXTURES.filter((one) => one.source === source).length < 3);
    expect(few).toEqual([]);
  });

  test.each(FIXTURES)("$source: $says ($name)", ({ source, sent, expected }) => {
    const { alerts, leftOut = 0, ...rest } = expected;
    const read = reader(source).facts(sent);
    expect(read.facts).toMatchObject(alerts);
    expect(read).toMatchObject(rest);
    expect(read.leftOut ?? 0).toBe(leftOut);
  });

  test.each(FIXTURES)("$source: $name is known as its own, where nobody says whose it is", ({ source, sent }) => {
    const first = SENDERS.find((sender) => reader(sender.source).knows(sent));
    // Without its own marks a group of Grafana's is one of Alertmanager's, which reads the same.
    expect(first?.source).toBe(source);
  });
});

test("of more than 10,000 alerts in a message the others are counted", () => {
  const alerts = Array.from({ length: MOST_ALERTS + 7 }, () => ({ labels: { alertname: "HighMemoryUsage" } }));
  const read = reader("alertmanager").facts({ alerts });
  expect([read.facts.length, read.leftOut]).toEqual([MOST_ALERTS, 7]);
  const series = Array.from({ length: MOST_ALERTS + 7 }, (_, n) => ({ value: n, tags: { pod: `web-${n}` } }));
  expect(reader("grafana").facts({ ruleName: "memory", evalMatches: series })).toMatchObject({ leftOut: 7 });
  const records = Array.from({ length: MOST_ALERTS + 7 }, () => ({ Sns: { Type: "Notification", Message: "x" } }));
  expect(reader("cloudwatch").facts({ Records: records })).toMatchObject({ leftOut: 7 });
  const mapping = { alerts: ["list"], text: [], labels: {}, statusWords: {}, severityWords: {} };
  expect(createGenericReader(mapping)({ list: alerts })).toMatchObject({ leftOut: 7 });
});

test("by a mapping a sender's own words for state and severity mean what is said of them; others mean what they do of any sender", () => {
  const read = createGenericReader({
    text: [],
    labels: {},
    status: ["value"],
    statusWords: { "0": "resolved", "up again": "resolved", ok: "firing" },
    severity: ["level"],
    severityWords: { "5": "critical", high: "warning" },
  });
  const told = (value: unknown, level: unknown) => {
    const sent = read({ value, level });
    return sent.kind === "facts" ? sent.facts.map(({ status, severity }) => `${status} ${severity}`) : sent.because;
  };
  expect([told(0, 5), told(" Up Again", "HIGH"), told("ok", "info"), told("closed", "constructor"), told(1, 7)]).toEqual([
    ["resolved critical"],
    ["resolved warning"],
    ["firing info"],
    ["resolved null"],
    ["firing null"],
  ]);
});

test("JSON of which no mapping says where a name, a text or labels are is read by what its fields are usually called", () => {
  const read = createGenericReader({ text: [], labels: {}, statusWords: { "0": "resolved" }, severityWords: {}, status: ["value"] });
  const facts = (body: object) => {
    const sent = read(body);
    return sent.kind === "facts" ? sent.facts[0] : sent.because;
  };
  expect(
    facts({ value: "1", rule: { Title: "Memory above 90%", level: "High" }, resource: { labels: { pod_name: "web-0" } } }),
  ).toMatchObject({
    name: "Memory above 90%",
    status: "firing",
    severity: "critical",
    labels: { pod_name: "web-0" },
  });
  expect(facts({ value: 0, alert: "x" })).toMatchObject({ name: "x", status: "resolved" });
  expect(facts({ hello: ["a list", { title: "inside" }] })).toMatchObject({ name: null, text: "", labels: {} });
  expect(facts(JSON.parse('{"alert":"x","__proto__":{"pod":"p"},"constructor":"c"}') as object)).toMatchObject({ name: "x" });
  expect({}).not.toHaveProperty("pod");
});

// Values that stand where another is expected, in every field of every fixture.
const ODD: readonly unknown[] = [
  null,
  7,
  true,
  "",
  "\u0000\u202e<!channel>",
  "x".repeat(50_000),
  [],
  [[]],
  [null, { a: [] }],
  {},
  { __proto__: null, a: { b: 1 } },
  -1e308,
];

test.each(FIXTURES)("$source: whatever stands in $name, reading it does not fail, and facts stay within bounds", ({ source, sent }) => {
  const { read } = reader(source);
  for (const odd of ODD) {
    for (const broken of eachFieldAs(sent, odd)) {
      const outcome = read(broken);
      expect(["facts", "unfit"]).toContain(outcome.kind);
      for (const facts of outcome.kind === "facts" ? outcome.facts : []) expect(outOfBounds(facts)).toEqual([]);
    }
  }
});

/** The document again and again, each time with one of its fields replaced. */
function eachFieldAs(document: unknown, odd: unknown): readonly unknown[] {
  if (typeof document !== "object" || document === null) return [odd];
  if (Array.isArray(document)) {
    const items: readonly unknown[] = document;
    return [odd, ...items.flatMap((item, index) => eachFieldAs(item, odd).map((broken) => items.with(index, broken)))];
  }
  return [
    odd,
    ...Object.entries(document).flatMap(([name, value]) => eachFieldAs(value, odd).map((broken) => ({ ...document, [name]: broken }))),
  ];
}

function outOfBounds({ name, labels, text, link, startsAtMs = 0, value = "", metric = "" }: AlertFacts): readonly string[] {
  const words = [name ?? "", value, metric, ...Object.values(labels)];
  return [
    ...(words.some((word) => typeof word !== "string" || word.length > 1024) ? ["a word"] : []),
    ...(Object.keys(labels).length > 64 ? ["labels"] : []),
    ...(text.length > 40_000 ? ["the text"] : []),
    ...(link === undefined || /^https?:/.test(link) ? [] : ["the link"]),
    ...(Number.isSafeInteger(startsAtMs) ? [] : ["the time"]),
  ];
}

// Messages of others, where they are at hand: each is known as its sender's, and says when it began where it says so.
const SAMPLES = resolve(import.meta.dirname, "../../../../shared/samples/alerts");

test.skipIf(!existsSync(SAMPLES))("samples of webhooks are read as they are labelled", () => {
  const sample = (name: string): unknown => JSON.parse(readFileSync(join(SAMPLES, name), "utf8"));
  const source = (name: string) => SENDERS.find((sender) => reader(sender.source).knows(sample(name)))?.source;
  const kinds = readdirSync(SAMPLES).map((name) => [name.slice(0, 2), source(name)] as const);
  const of = (...numbers: readonly string[]) => kinds.flatMap(([number, kind]) => (numbers.includes(number) ? [kind] : []));
  expect(new Set(of("16", "17", "18", "19", "20", "21"))).toEqual(new Set(["alertmanager"])); // 17 is Grafana's without its marks
  expect(new Set(of("22", "23"))).toEqual(new Set(["grafana"]));
  expect(new Set(of("25", "26", "27", "28", "31", "32", "33"))).toEqual(new Set(["cloudwatch"]));
  expect([of("24"), of("36"), of("40", "41")]).toEqual([["pagerduty"], ["wazuh"], ["sentry", "sentry"]]);
  expect(of("29", "30", "34", "35", "37", "38", "39").filter((kind) => kind !== undefined)).toEqual([]); // posts
  const factsOf = (name: string, sender: string) => reader(sender).facts(sample(name)).facts;
  expect(factsOf("18_prom_msteams_high_memory.json", "alertmanager")).toMatchObject([
    {
      name: "high_memory_load",
      status: "firing",
      severity: "warning",
      labels: { instance: "instance-with-hyphen_and_underscore" },
      startsAtMs: Date.parse("2018-03-07T11:33:21.873Z"),
    },
  ]);
  expect(factsOf("23_grafana_v11_webhook_memory.json", "grafana")).toMatchObject([
    { labels: { instance: "node_exporter:9100" }, startsAtMs: Date.parse("2024-03-01T02:09:00Z"), value: "2.473545728e+09" },
  ]);
  const mix = factsOf("19_prometheus_bot_production_mix.json", "alertmanager");
  expect(mix.find(({ name }) => name === "Memory_aviable_Warning")).toMatchObject({
    labels: { instance: "localhost:9102" },
    severity: "warning",
  });
  expect(factsOf("26_tf_notify_slack_cloudwatch_alarm.json", "cloudwatch")).toMatchObject([
    { status: "resolved", metric: "DBMigrationRequired" },
  ]);
});
