import { describe, expect, test } from "vitest";
import type { HeapPlace } from "../../../../src/actions/kubernetes/heap/choose-place.ts";
import { costOf, headroomFor } from "../../../../src/actions/kubernetes/heap/headroom.ts";
import { given } from "../../../../src/domain/given.ts";

const MIB = 2 ** 20;

function place({ usedMib, limitMib, podLimitMib, besideMib = 0 }: Sizes): HeapPlace {
  const container = { name: "app", role: "main", restarts: 0, ports: [], probes: {}, ...given({ limitBytes: scaled(limitMib) }) } as const;
  const at = { namespace: "shop", pod: "web-1", atMs: 0 };
  return {
    pod: {
      uid: "u",
      namespace: "shop",
      name: "web-1",
      labels: {},
      phase: "Running",
      conditions: [],
      containers: [container],
      ...given({ podLimitBytes: scaled(podLimitMib) }),
    },
    container,
    usage:
      usedMib === undefined
        ? []
        : [
            { ...at, container: "app", workingSetBytes: usedMib * MIB },
            { ...at, container: "beside", workingSetBytes: besideMib * MIB },
          ],
  };
}

type Sizes = { readonly usedMib?: number; readonly limitMib?: number; readonly podLimitMib?: number; readonly besideMib?: number };

function scaled(mib: number | undefined): number | undefined {
  return mib === undefined ? undefined : mib * MIB;
}

describe("room for taking a profile", () => {
  test.each<readonly [string, Sizes, readonly [kind: string, says: RegExp]]>([
    ["enough", { usedMib: 500, limitMib: 1000 }, ["enough", /500\.0 MiB of 1000\.0 MiB/]],
    [
      "at 97% of the limit",
      { usedMib: 970, limitMib: 1000 },
      ["too-little", /970\.0 MiB of its 1000\.0 MiB \(97%\).*killed by being looked at/],
    ],
    ["just over 95% with what it costs", { usedMib: 943, limitMib: 1000 }, ["too-little", /\(94%\)/]],
    ["just under", { usedMib: 941, limitMib: 1000 }, ["enough", /941\.0 MiB/]],
    [
      "a neighbour has filled the pod",
      { usedMib: 100, limitMib: 1000, podLimitMib: 1000, besideMib: 880 },
      ["too-little", /^the pod uses 980/],
    ],
    ["no limit", { usedMib: 970 }, ["enough", /no limit of its own/]],
    ["usage is not known", { limitMib: 1000 }, ["unknown", /could not be read/]],
  ])("%s", (_, sizes, [kind, says]) => {
    const headroom = headroomFor(8 * MIB, place(sizes));
    expect(headroom.kind).toBe(kind);
    expect(headroom.says).toMatch(says);
  });

  test("the JDK's tool needs a JVM of its own, a large Go program more than a small one", () => {
    expect(costOf("jvm", place({ usedMib: 100, limitMib: 1000 }))).toBe(64 * MIB);
    expect(costOf("endpoint", place({ usedMib: 100, limitMib: 1000 }))).toBe(8 * MIB);
    expect(costOf("endpoint", place({ usedMib: 1000, limitMib: 2000 }))).toBe(30 * MIB);
  });
});
