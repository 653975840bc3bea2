import { expect, test } from "vitest";
import { stateOfGoMap } from "../../../src/domain/pod-text/go-map.ts";

test.each([
  ["exitCode:137 reason:OOMKilled", { exitCode: 137, reason: "OOMKilled" }],
  [
    "exitCode:1 message:panic: no reason given, sorry reason:Error",
    { exitCode: 1, message: "panic: no reason given, sorry", reason: "Error" },
  ],
  ["containerID:docker://0f2a finishedAt:2026-05-04T08:20:30Z", { containerID: "docker://0f2a", finishedAt: "2026-05-04T08:20:30Z" }],
  ["signal:9 of its own", { signal: "9 of its own" }],
])("%s", (inside, terminated) => {
  expect(JSON.parse(stateOfGoMap(`map[running:map[] terminated:map[${inside}]]`) ?? "")).toEqual({ terminated });
});

test.each([["map[running:map[startedAt:2026-05-04T08:20:30Z]]"], ["terminated: map"], ["terminated:map["], [""]])("%s is none", (text) => {
  expect(stateOfGoMap(text)).toBeUndefined();
});
