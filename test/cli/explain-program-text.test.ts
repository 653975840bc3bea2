import { describe, expect, test } from "vitest";
import { explain } from "../../src/cli/explain.ts";

function read(text: string) {
  const { result } = explain(text);
  if (result.kind !== "program_log") throw new Error(`expected a program's log, got: ${JSON.stringify(result)}`);
  return result;
}

describe("137 alone is undetermined", () => {
  test.each([
    "kong exited with code 137",
    "Exited (137) 5 minutes ago",
    "Exit Code:    137",
    '{"State": {"ExitCode": 137}}',
    "The command '/bin/sh -c make' returned a non-zero code: 137",
    "error: exit status 137",
  ])("%s", (text) => {
    expect(read(text)).toMatchObject({ verdict: "undetermined", exitCode: 137, oomKilled: null, runtime: null });
    expect(explain(text).text).toMatch(/does not say that memory was the reason\.\nundetermined, confidence 20%/);
  });

  test.each(["web.service: Main process exited, code=killed, status=9/KILL", "build.sh: line 3:    17 Killed", "signal: killed"])(
    "and so is %j",
    (text) => {
      expect(read(text)).toMatchObject({ verdict: "undetermined", exitCode: null });
    },
  );

  test("with Docker's mark it is told apart", () => {
    expect(read('"OOMKilled": false, "ExitCode": 137')).toMatchObject({ verdict: "undetermined", oomKilled: false });
    expect(read('"OOMKilled": false, "ExitCode": 137').against.join()).toContain("it is not marked OOMKilled");
    expect(read('"OOMKilled": true, "ExitCode": 137')).toMatchObject({ verdict: "cgroup-limit-kill", oomKilled: true });
  });
});

describe("a heap that is full", () => {
  test.each([
    ["jvm", 'Exception in thread "main" java.lang.OutOfMemoryError: Java heap space\n\tat shop.Cart.add(Cart.java:11)'],
    ["jvm", "2024-07-04 12:00:00 ERROR main - java.lang.OutOfMemoryError: GC overhead limit exceeded"],
    ["node", "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n 1: 0xb7a940 node::Abort()"],
    ["python", 'Traceback (most recent call last):\n  File "shop.py", line 3, in <module>\nMemoryError'],
    ["python", "numpy.core._exceptions._ArrayMemoryError: Unable to allocate 14.9 GiB for an array"],
    ["go", "fatal error: runtime: out of memory\n\nruntime stack:\nruntime.throw2()"],
  ])("of %s is known by its text", (runtime, text) => {
    const result = read(text);
    expect(result).toMatchObject({ verdict: "runtime-heap-exhausted", runtime });
    expect(result.confidence).toBeGreaterThan(0.6);
    expect(result.against.join()).toContain("nor what the container's limit is");
  });

  test("is less sure beside a SIGKILL, surer beside a code of its own", () => {
    const heap = "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory";
    expect(read(`${heap}\nexited with code 137`).confidence).toBeLessThan(0.5);
    expect(read(`${heap}\nexited with code 134`).for.join()).toContain("it ended with 134, by itself");
  });
});

test("the samples of lines are masked, and whose limit it was stays open where the text does not say", () => {
  expect(read("ERROR:  out of memory\nDETAIL:  Failed on request of size 8").verdict).toBe("undetermined");
  expect(JSON.stringify(read("password=hunter2-made-up MemoryError:"))).not.toContain("hunter2");
});

test.each(["exit 1", "hello world", "exited with code 0", "1370 requests", "all is well, memory is fine"])(
  "%j is left to others",
  (text) => {
    expect(explain(text).result.kind).toBe("unknown");
  },
);

test("what docker inspect says of a container that is not marked is no sign of want of memory, and of several one mark counts", () => {
  const inspected = (state: object) => ({ Name: "/kong", State: state });
  const [well, ended, killed] = [
    { OOMKilled: false, ExitCode: 0 },
    { OOMKilled: false, ExitCode: 137 },
    { OOMKilled: true, ExitCode: 137 },
  ];
  const of = (...states: readonly object[]) => explain(JSON.stringify(states.map(inspected), null, 4));
  expect(of(well)).toMatchObject({
    result: { verdict: "undetermined", for: [], oomKilled: false },
    text: expect.stringMatching(/^It is not marked OOMKilled: [^]*`oomph investigate docker\/kong`/),
  });
  expect(of(ended).text).toMatch(/^It ended with 137/);
  expect(of(ended).text).not.toContain("docker inspect");
  expect(of(well, killed).result).toMatchObject({ verdict: "cgroup-limit-kill", oomKilled: true });
});

test("a Redis that cannot fork to save is told of the host's overcommit, and of no heap or container", () => {
  const fork = "1:M 22 Nov 2026 03:12:44.120 # Can't save in background: fork: Cannot allocate memory";
  const warned = `1:M 22 Nov 2026 03:00:01.002 # WARNING overcommit_memory is set to 0! Background save may fail under low memory condition.\n${fork}`;
  const { result, text } = explain(warned);
  expect(result).toMatchObject({ verdict: "fork-refused", confidence: 0.85, runtime: "redis" });
  expect(text).toContain("sysctl vm.overcommit_memory=1");
  expect(text).not.toMatch(/docker/i);
  expect(explain(`Nov 22 03:12:44 db-7 redis-server[77]: ${fork}`).result).toMatchObject({ verdict: "fork-refused", confidence: 0.7 });
});
