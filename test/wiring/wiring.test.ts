import { readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { loadCommandLineConfig } from "../../src/config.ts";
import { allTargets } from "../../src/wiring/targets.ts";
import { outsideParts } from "../../src/wiring/outside.ts";
import { jobsOf, schedulesOf } from "../../src/wiring/watch.ts";
import { watchedBy } from "../../src/wiring/watched-by.ts";
import { targetsOf } from "../support/targets.ts";

describe("what is configured decides what is done", () => {
  it("without Docker nothing is watched, and what was scheduled before is taken away", () => {
    const config = configured("");
    expect(jobsOf(config)).toEqual(["receive", "investigate", "act", "deliver", "sweep"]);
    expect(schedulesOf(config).map(({ id, when }) => [id, when])).toEqual([
      ["sweep", { everyMs: 30_000 }],
      ["watch", "never"],
      ["weekly", "never"],
      ["monthly", "never"],
    ]);
  });

  it("with Docker everything is watched, unless the watch is off", () => {
    const docker = "docker: { connections: { local: { url: /run/docker.sock } } }\n";
    const config = configured(`${docker}watch: { every: 1m, monthly: false }`);
    expect(jobsOf(config)).toEqual(expect.arrayContaining(["watch", "watch-event", "report"]));
    expect(schedulesOf(config).map(({ when }) => when)).toEqual([{ everyMs: 30_000 }, { everyMs: 60_000 }, { cron: "0 7 * * 1" }, "never"]);
    expect(jobsOf(configured(`${docker}watch: { enabled: false }`))).not.toContain("watch");
  });

  it("names of containers are watched by pattern, and ignored by pattern", () => {
    const isWatched = watchedBy(
      configured("docker: { connections: { local: { url: /s, watch: [shop-*, kong], ignore: [shop-batch*] } } }"),
    );
    const container = (connection: string, name: string) => ({ kind: "docker", connection, name }) as const;
    expect(["shop-web", "kong", "shop-batch-1", "kong-2", "other"].map((name) => isWatched(container("local", name)))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(isWatched(container("another-host", "kong"))).toBe(false);
  });

  it("workloads are watched by namespace and name, nodes of watched clusters always", () => {
    const config = configured(
      "kubernetes: { connections: { prod: { kubeconfig: [/k], watch: [shop/*, team/api], ignore: [shop/batch*] } } }",
    );
    const isWatched = watchedBy(config);
    const workload = (namespace: string, name: string, connection = "prod") =>
      ({ kind: "workload", connection, resource: "deploy", namespace, name }) as const;
    expect(isWatched(workload("shop", "web"))).toBe(true);
    expect(isWatched(workload("shop", "batch-1"))).toBe(false);
    expect(isWatched(workload("team", "api-2"))).toBe(false);
    expect(isWatched(workload("shop", "web", "other"))).toBe(false);
    expect(isWatched({ kind: "node", connection: "prod", name: "eu-1" })).toBe(true);
    expect(jobsOf(config)).toEqual(expect.arrayContaining(["watch", "watch-event", "report"]));
  });

  it("issues need a repository, mail needs a server, and a token alone is for pull requests", () => {
    expect(outsideParts(configured("")).rules.kinds).toEqual([]);
    expect(outsideParts(configured("github: { token: made-up }")).rules.kinds).toEqual([]);
    const both = configured(
      "github: { token: made-up, repository: example/shop }\nmail: { host: h, from: a@b, to: [c@d] }\nescalation: { lateAfter: 1m }",
    );
    expect(outsideParts(both)).toMatchObject({ rules: { kinds: ["github-issue", "mail"] }, escalationTimes: { lateAfterMs: 60_000 } });
    expect(jobsOf(both)).toContain("escalate");
  });
});

it("nothing of clusters is loaded with the process: only where one is configured, when it is first needed", () => {
  const root = resolve(import.meta.dirname, "../../src");
  const loaded = new Set<string>();
  const waiting = [join(root, "main.ts")];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (loaded.has(file)) continue;
    loaded.add(file);
    // What is imported at once and not for its types alone; `import()` is later.
    const imports = readFileSync(file, "utf8").matchAll(/^(?:import|export)(?! type\b)[^;]*? from "(\.[^"]+)";/gm);
    for (const [, path = ""] of imports) waiting.push(resolve(dirname(file), path));
  }
  const names = [...loaded].map((file) => relative(root, file));
  expect(names).toEqual(expect.arrayContaining(["app.ts", "wiring/examined.ts", "adapters/docker/client.ts", "watch/follow-pods.ts"]));
  expect(
    names.filter((name) =>
      /^adapters\/(?:kubernetes|heap|prometheus)\/|^runbooks\/(?:workload|node)-memory\/|^wiring\/kubernetes/.test(name),
    ),
  ).toEqual([]);
});

it("targets of every kind are one list, and a host that is away is told of", async () => {
  const kong = { kind: "docker", connection: "local", name: "kong" } as const;
  const away = { source: "docker/far", because: "no answer" };
  const far = { list: async () => ({ known: [], missing: [away] }), kinds: () => [], isConfigured: () => false };
  const all = allTargets([targetsOf([kong]), far]);
  expect(await all.list()).toEqual({ known: [{ target: kong, aliases: [] }], missing: [away] });
  expect(all.isConfigured(kong)).toBe(true);
});

function configured(yaml: string) {
  const loaded = loadCommandLineConfig({ env: {}, readFile: () => yaml });
  if (loaded.kind === "invalid") throw new Error(JSON.stringify(loaded.problems));
  return loaded.config;
}
