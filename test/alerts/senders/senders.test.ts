import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { SENDERS } from "../../../src/alerts/senders/index.ts";
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
