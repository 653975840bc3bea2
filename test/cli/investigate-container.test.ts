import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openScenes, type Scene } from "../../scripts/lab/containers/scenes.ts";
import { docker, findDocker } from "../../scripts/lab/docker.ts";
import { noteAbsentSystem, noteRealSystem } from "../../scripts/lab/real-systems.ts";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { runCommandLine } from "../../src/cli/program.ts";

const daemon = await findDocker();
if (daemon.kind === "there") noteRealSystem("docker", daemon.version);
else noteAbsentSystem("docker", daemon.because);
const HOST = process.env["DOCKER_HOST"] ?? "unix:///var/run/docker.sock";

describe.skipIf(daemon.kind === "absent")(`oomph investigate docker/...${daemon.kind === "absent" ? ` (${daemon.because})` : ""}`, () => {
  const scenes = openScenes();
  let steady: Scene;

  beforeAll(async () => {
    steady = await scenes.steady({ name: `oomph-cli-${process.pid}`, limitMib: 96, mib: 20 });
  });
  afterAll(() => scenes.end());

  test("needs no configuration: the Docker host is the one that docker itself would speak to", async () => {
    const { code, out, err } = await run(["investigate", `docker/${steady.name}`, "--json"]);
    expect([code, err]).toEqual([EXIT.ok, expect.stringContaining("Investigating")]);
    expect(JSON.parse(out)).toMatchObject({
      kind: "investigation",
      target: `docker/${steady.name}`,
      runbook: "container-memory",
      reached: true,
    });
  });

  test("takes a host by its name, a container by its id, and a bare name where nothing else has it", async () => {
    const files = { "oomph.yaml": `docker: { connections: { here: { url: "${HOST}" } } }` };
    expect((await run(["investigate", steady.name, "--json"])).out).toContain(`"docker/${steady.name}"`);
    expect((await run(["top", steady.name])).out).toContain(`docker/${steady.name}`);
    for (const target of [`here:docker/${steady.name}`, `docker/${steady.id.slice(0, 12)}`, steady.name]) {
      const { out } = await run(["investigate", target, "--json"], { files });
      expect(JSON.parse(out)).toMatchObject({ target: `here:docker/${steady.name}`, reached: true });
    }
  });

  test("oomph plan says what an action would do, refuses what makes no sense, and changes nothing", async () => {
    const planned = await run(["plan", "docker.set-memory-limit", `docker/${steady.name}`, "--param", "limit=200m"]);
    expect([planned.code, planned.err]).toEqual([EXIT.ok, ""]);
    for (const words of ["96.0 MiB", "200.0 MiB", "Way back:", "Nothing has been done", "--limit 200m"])
      expect(planned.out).toContain(words);
    const same = await run(["plan", "docker.set-memory-limit", `docker/${steady.name}`, "-p", "limit=96m", "--json"]);
    expect([same.code, JSON.parse(same.out)]).toEqual([
      EXIT.refused,
      { kind: "refused", action: "docker.set-memory-limit", target: `docker/${steady.name}`, because: expect.stringContaining("already") },
    ]);
    const many = await run(["plan", "docker.set-environment", `docker/${steady.name}`, "-p", "set=FOO=bar", "-p", "set=BAZ=1"]);
    expect([many.code, many.out]).toEqual([EXIT.ok, expect.stringMatching(/FOO.*BAZ/s)]);
    const twice = await run(["plan", "docker.set-memory-limit", `docker/${steady.name}`, "-p", "limit=1g", "-p", "limit=2g"]);
    expect([twice.code, twice.err]).toEqual([EXIT.badInput, expect.stringContaining("limit is given twice")]);
    const odd = await run(["plan", "docker.set-memory-limit", `docker/${steady.id}`, "--param", "limit"]);
    expect([odd.code, odd.err]).toEqual([EXIT.badInput, expect.stringContaining('expected name=value, got "limit"')]);
    expect((await docker(["inspect", "--format", "{{.HostConfig.Memory}}", steady.id])).trim()).toBe(String(96 * 2 ** 20));
  });

  test("oomph plan takes parameters and short names as /oom run does, and tells what is for another kind of target", async () => {
    const target = `docker/${steady.name}`;
    for (const typed of [["--limit", "200m"], ["--limit=200m"]]) {
      const { code, out } = await run(["plan", "set-memory-limit", target, ...typed, "--json"]);
      expect([code, JSON.parse(out)]).toEqual([EXIT.ok, expect.objectContaining({ kind: "plan", actionId: "docker.set-memory-limit" })]);
    }
    const without = await run(["plan", "set-memory-limit", target]);
    expect([without.code, without.err]).toEqual([EXIT.refused, expect.stringContaining("--limit expected a size")]);
    const unlike = await run(["plan", "docker.explode", target]);
    expect([unlike.code, unlike.err]).toEqual([EXIT.badInput, expect.stringContaining(`for ${target} there is docker.set-memory-limit, `)]);
    const typo = await run(["plan", "restrat", target]);
    expect([typo.code, typo.err]).toEqual([EXIT.badInput, 'oomph: there is no action "restrat": did you mean docker.restart?\n']);
    const foreign = await run(["plan", "flush-db", target]);
    expect([foreign.code, foreign.err]).toEqual([
      EXIT.refused,
      expect.stringContaining("redis.flush-db is for redis targets, got docker/"),
    ]);
    const stray = await run(["plan", "restart", target, "now"]);
    expect([stray.code, stray.err]).toEqual([EXIT.badInput, expect.stringContaining('after action and target, got "now"')]);
    const bare = await run(["plan", "restart", target, "--now"]);
    expect([bare.code, bare.err]).toEqual([EXIT.badInput, expect.stringContaining("expected a value after --now, got none")]);
  });

  test("a container that is not there is answered with the nearest name; a part of a name is not a name", async () => {
    const typo = await run(["investigate", `docker/${steady.name}x`]);
    expect([typo.code, typo.err]).toEqual([EXIT.badInput, expect.stringContaining(`did you mean docker/${steady.name}`)]);
    const part = await run(["investigate", `docker/oomph-cli-`]);
    expect([part.code, part.err]).toEqual([EXIT.badInput, expect.stringContaining(`docker/${steady.name}`)]);
    const unlike = await run(["investigate", "docker/zzzz"]);
    expect([unlike.code, unlike.err]).toEqual([EXIT.badInput, expect.stringMatching(/no target "docker\/zzzz": there is .*docker\//)]);
    const elsewhere = await run(["investigate", `nowhere:docker/${steady.name}`]);
    expect([elsewhere.code, elsewhere.err]).toEqual([
      EXIT.badInput,
      expect.stringMatching(`on a Docker host called "nowhere" .*: did you mean docker/${steady.name}\\?`),
    ]);
  });
});

test("a Docker host that is away, or whose address is none, is told from a container that is not there", async () => {
  const away = await run(["investigate", "docker/kong"], { env: { DOCKER_HOST: "unix:///nowhere/docker.sock" } });
  expect([away.code, away.err]).toEqual([EXIT.failed, expect.stringContaining("/nowhere/docker.sock")]);
  const odd = await run(["investigate", "docker/kong"], { env: { DOCKER_HOST: "docker.sock" } });
  expect([odd.code, odd.err]).toEqual([
    EXIT.badInput,
    expect.stringContaining("DOCKER_HOST: expected a URL such as unix:///var/run/docker.sock"),
  ]);
});

async function run(
  argv: readonly string[],
  {
    env = { DOCKER_HOST: HOST },
    files = {},
  }: { readonly env?: Readonly<Record<string, string>>; readonly files?: Readonly<Record<string, string>> } = {},
) {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await runCommandLine(argv, {
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    isTerminal: false,
    columns: 80,
    async *read() {},
    sources: async () => ({
      env,
      readFile(path) {
        const text = files[path];
        if (text !== undefined) return text;
        throw Object.assign(new Error("no such file"), { code: "ENOENT" });
      },
    }),
  });
  return { code, out: out.join(""), err: err.join("") };
}
