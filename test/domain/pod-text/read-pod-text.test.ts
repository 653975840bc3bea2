import { describe, expect, test } from "vitest";
import { completeJson } from "../../../src/domain/pod-text/complete-json.ts";
import { plainLines } from "../../../src/domain/pod-text/lines.ts";
import { podOfRow } from "../../../src/domain/pod-text/pod-of-row.ts";
import { readPodText } from "../../../src/domain/pod-text/read-pod-text.ts";
import { readTime } from "../../../src/domain/pod-text/time.ts";

const AT = Date.parse("2026-05-04T08:20:30Z");

test.each([
  ["Mon, 04 May 2026 10:20:30 +0200", AT],
  ["Mon, 04 May 2026 08:20:30 UTC", AT],
  ["Mon, 04 May 2026 02:50:30 -0530", AT],
  ["4 May 2026 08:20:30 GMT", AT],
  ["2026-05-04T10:20:30+02:00", AT],
  ["Mon, 04 May 2026 08:20:30 CEST", undefined],
  ["Thu, 01 Jan 1970 01:00:00 +0100", undefined],
  ["Mon, 01 Jan 0001 00:00:00 +0000", undefined],
  ["five minutes ago", undefined],
  ["", undefined],
])("the time %s", (text, atMs) => {
  expect(readTime(text)).toBe(atMs);
});

describe("JSON that was cut", () => {
  test.each([
    ['{"a": {"b": [1, 2', '{"a": {"b": [1]}}'],
    ['{"a": "x", "b": "y', '{"a": "x"}'],
    ['"a": {"b": 1}, "c', '{"a": {"b": 1}}'],
    ['$ kubectl get\n{"a": "}"}\n$ ', '{"a": "}"}'],
    ['"a": {"b": 1}\n}\n}', '{"a": {"b": 1}}'],
  ])("%s", (text, whole) => {
    expect(JSON.parse(completeJson(text) ?? "null")).toEqual(JSON.parse(whole));
  });

  test.each(["", "no brackets", "{", '{"a'])("%j holds nothing whole", (text) => {
    expect(completeJson(text)).toBeUndefined();
  });
});

test("what a terminal and a chat put around a text is taken away", () => {
  const text = "```\r\n> \u001B[1mName:\u001B[0m  web\r\n```";
  expect(plainLines(text)).toEqual(["Name:  web"]);
  expect(plainLines("admin@bastion:~$ kubectl get pods\nNAME")).toEqual(["NAME"]);
});

describe("events", () => {
  const described = (rows: string) => `Name: web-1\nNamespace: shop\nStatus: Running\nEvents:\n${rows}`;
  test.each([
    [
      "  Warning  BackOff  87s (x23 over 6m33s)  kubelet  Back-off restarting",
      { type: "Warning", reason: "BackOff", count: 23, source: "kubelet", message: "Back-off restarting" },
    ],
    [
      "  Normal  Killing  <unknown>  kubelet, worker-2  Stopping container app",
      { reason: "Killing", count: 1, message: "Stopping container app" },
    ],
    [
      "  1h\t3m\t5\t{kubelet worker-2}\tspec.containers{app}\tWarning\tUnhealthy\tLiveness probe failed",
      { reason: "Unhealthy", count: 5, message: "Liveness probe failed", about: { container: "app" } },
    ],
  ])("%s", (row, event) => {
    const read = readPodText(described(row));
    expect(read).toMatchObject({ kind: "described", pods: [{ events: [event] }] });
  });

  test("of kubectl get events -o wide, without what stands around the message", () => {
    const row =
      "shop   5m   Normal   Killing   pod/web-1   spec.containers{app}   kubelet, worker-2   Container app failed liveness probe   9m   3   web-1.17f2";
    expect(readPodText(row)).toMatchObject({
      kind: "events",
      events: [
        { about: { kind: "Pod", namespace: "shop", name: "web-1", container: "app" }, message: "Container app failed liveness probe" },
      ],
    });
  });
});

test("arguments that look like headings are a program's own", () => {
  const text = `Name:  web-1
Namespace:  shop
Status:  Running
Containers:
  app:
    Image:  web:1
    Args:
      Conditions:
      State: Terminated
      Reason: OOMKilled
    State:  Running
    Ready:  True
    Restart Count:  0
    Limits:
      memory:  100M
`;
  expect(readPodText(text)).toMatchObject({
    kind: "described",
    pods: [{ pod: { containers: [{ name: "app", state: { kind: "running" }, limitBytes: 100_000_000, ready: true }] } }],
  });
});

test.each([
  ["OOMKilled", { phase: "Unknown", containers: [{ role: "main", state: { kind: "terminated", reason: "OOMKilled" } }] }],
  ["Init:ExitCode:137", { containers: [{ role: "init", state: { kind: "terminated", exitCode: 137 } }] }],
  ["Signal:9", { containers: [{ state: { kind: "terminated", signal: 9 } }] }],
  ["Evicted", { phase: "Failed", reason: "Evicted", containers: [] }],
  ["ImagePullBackOff", { containers: [{ state: { kind: "waiting", reason: "ImagePullBackOff" } }] }],
])("a row's status %s", (status, pod) => {
  expect(podOfRow({ namespace: "", name: "web-1", status, ready: false, restarts: 2, node: "" })).toMatchObject(pod);
});

test.each(["", "hello", "State of the art", "Image: cat.png", "Name: Ada\nNamespace: n", "{}"])("%j is nothing of kubectl's", (text) => {
  expect(readPodText(text)).toBeUndefined();
});
