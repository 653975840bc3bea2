import { describe, expect, test } from "vitest";
import { createJudge } from "../../src/alerts/judge.ts";
import { namedInWords } from "../../src/alerts/named-in-words.ts";
import { readAlert } from "../../src/alerts/read-alert.ts";

test.each([
  ["Memory of borealis is above 92%", ["borealis"]],
  ["[ALERT] borealis memory usage is at 97%", ["borealis"]],
  ["borealis のメモリ使用率が 97% に達しました", ["borealis"]],
  ["Arbeitsspeicher von dock-porto fast voll", ["dock-porto"]],
  ["ERROR [payroll-core] java.lang.OutOfMemoryError: Java heap space", ["payroll-core"]],
  ["WARN dock-porto: 1% of RAM free", ["dock-porto"]],
  ["*kiosk-web* crashed", ["kiosk-web"]],
  ["Cloud Run `kiosk-api`: Memory limit of 512 MiB exceeded", ["kiosk-api"]],
  ["ALERTA: memoria agotada en srv-web-4 (98%)", ["srv-web-4"]],
  ["AVVISO: memoria al 97% su srv-web-4", ["srv-web-4"]],
  ["ALERTE: mémoire saturée sur srv-web-4 (98%)", ["srv-web-4"]],
  ["WARNUNG: Arbeitsspeicher auf app-srv-07 zu 96 % belegt (Schwelle 90 %)", ["app-srv-07"]],
  // Nobody's name.
  ["total memory usage 97%", []],
  ["Memory of the node is above 92%", []],
  ["ERROR [http-nio-8080-exec-3] java.lang.OutOfMemoryError", []],
  ["Redis billing memory usage 97%", []],
  ["the *memory* was killed", []],
])("%s", (text, names) => {
  expect(namedInWords(text)).toEqual(names);
});

test("what is short of memory abroad is asked about", () => {
  const read = (text: string) => readAlert({ text, botId: "B0BOT" }, createJudge()).alerts[0];
  expect(read("ALERTA: memoria agotada en srv-web-4 (98%)")).toMatchObject({ memory: "yes", subject: { names: ["srv-web-4"] } });
  expect(read("KRITISCH: RAM auf app-srv-07 fast voll")).toMatchObject({ memory: "yes", subject: { names: ["app-srv-07"] } });
  const german = read("KRITISCH: Speicher voll auf redis-prod-3, Redis nimmt keine Schreibzugriffe mehr an");
  expect(german).toMatchObject({ memory: "yes", class: "redis_memory", subject: { called: "redis-prod-3" } });
  expect(read("KRITISCH: Speicher voll auf der Festplatte von redis-prod-3")?.memory).toBe("no");
});

describe("a pod of a StatefulSet directly behind the name of a rule", () => {
  const subjectOf = (text: string) => readAlert({ text, botId: "B0BOT" }, createJudge()).alerts[0]?.subject;

  test("is one; an image or a branch is none", () => {
    expect(subjectOf(":red_circle: FIRING HighMemoryUsage astro/dust-map-0 96%")).toMatchObject({ namespace: "astro", pod: "dust-map-0" });
    expect(subjectOf("HighMemoryUsage for image library/redis-7 96%")?.pod).toBeUndefined();
    expect(subjectOf("OutOfMemoryError in branch feature/web-1")?.pod).toBeUndefined();
  });

  test("so is one with hashes as people shorten them, where it is about a kill", () => {
    const post = "[Opsgenie] Alert #4521: P1 - OOMKilled: payments/ledger-worker-6f7d8-abcde restarted 5 times in 10m";
    expect(subjectOf(post)).toMatchObject({ namespace: "payments", pod: "ledger-worker-6f7d8-abcde" });
  });
});
