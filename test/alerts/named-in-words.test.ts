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
  // Nobody's name.
  ["total memory usage 97%", []],
  ["Memory of the node is above 92%", []],
  ["ERROR [http-nio-8080-exec-3] java.lang.OutOfMemoryError", []],
  ["Redis billing memory usage 97%", []],
  ["the *memory* was killed", []],
])("%s", (text, names) => {
  expect(namedInWords(text)).toEqual(names);
});

describe("a pod of a StatefulSet directly behind the name of a rule", () => {
  const subjectOf = (text: string) => readAlert({ text, botId: "B0BOT" }, createJudge()).alerts[0]?.subject;

  test("is one; an image or a branch is none", () => {
    expect(subjectOf(":red_circle: FIRING HighMemoryUsage astro/dust-map-0 96%")).toMatchObject({ namespace: "astro", pod: "dust-map-0" });
    expect(subjectOf("HighMemoryUsage for image library/redis-7 96%")?.pod).toBeUndefined();
    expect(subjectOf("OutOfMemoryError in branch feature/web-1")?.pod).toBeUndefined();
  });
});
