import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { docker, findDocker, imageFromHost } from "../../../scripts/lab/docker.ts";
import { noteAbsentSystem, noteRealSystem } from "../../../scripts/lab/real-systems.ts";
import { createContainerActs } from "../../../src/adapters/docker/acts.ts";
import { createDockerClient } from "../../../src/adapters/docker/client.ts";
import { endpointFromUrl } from "../../../src/adapters/docker/connection-url.ts";
import { creationLike } from "../../../src/adapters/docker/recreate-body.ts";
import { Inspected, InspectedImage } from "../../../src/adapters/docker/recreate-schema.ts";
import type { DockerConnectionSettings } from "../../../src/adapters/docker/settings.ts";
import type { ContainerDefinition, HostActs } from "../../../src/ports/container-acts.ts";

const daemon = await findDocker();
if (daemon.kind === "there") noteRealSystem("docker", daemon.version);
else noteAbsentSystem("docker", daemon.because);

const name = (part: string): string => `oomph-acts-${process.pid}-${part}`;
const SETTINGS: DockerConnectionSettings = {
  name: "local",
  endpoint: endpointFromUrl(process.env["DOCKER_HOST"] ?? "unix:///var/run/docker.sock"),
  connectTimeoutMs: 3000,
  callTimeoutMs: 30_000,
};
const LABELS = { "oomph.test": "yes" };

// As Docker 28.5.2 answers: it makes addresses at random, and those of older versions are made out of the IP address.
test.each([
  ["2e:bb:97:a3:18:5b", undefined, undefined],
  ["02:42:ac:11:00:02", undefined, undefined],
  ["02:11:22:33:44:55", "02:11:22:33:44:55", "02:11:22:33:44:55"],
])("of a container with the MAC address %s, where %s was given, %s is asked for", (has, given, asked) => {
  const inspected = Inspected.parse({
    Id: "1".repeat(64),
    Name: "/kong",
    Image: `sha256:${"2".repeat(64)}`,
    State: { Running: true },
    Config: { Image: "kong:3.4", ...(given === undefined ? {} : { MacAddress: given }) },
    HostConfig: { NetworkMode: "bridge" },
    NetworkSettings: { Networks: { bridge: { IPAddress: "172.17.0.2", MacAddress: has } } },
  });
  const recipe = { set: {}, unset: [], labels: {}, name: "kong-new" };
  const { body } = creationLike(inspected, InspectedImage.parse({ Id: inspected.Image }), { recipe, imageRef: "kong:3.4" });
  expect(body).toHaveProperty("NetworkingConfig.EndpointsConfig.bridge", asked === undefined ? {} : { MacAddress: asked });
});

// One of our own: what a run that was ended from outside left behind may still hold another.
const SUBNET = `10.${200 + (process.pid % 50)}.${Math.floor(process.pid / 50) % 250}`;

describe.skipIf(daemon.kind === "absent")("containers made like others", () => {
  const made: string[] = [];
  const networks = [name("net"), name("other")];
  const volumes = [name("volume")];
  let image = "";
  let acts: HostActs;
  const all = createContainerActs([SETTINGS]);

  beforeAll(async () => {
    acts = all.host("local");
    image = await imageFromHost("oomph-test-acts", {
      programs: ["sh", "sleep", "cat"],
      env: { FROM_IMAGE: "1", PATH: "/usr/bin:/bin" },
      version: "1",
    });
    await docker(["network", "create", "--subnet", `${SUBNET}.0/24`, networks[0] ?? ""]);
    await docker(["network", "create", networks[1] ?? ""]);
    await docker(["volume", "create", volumes[0] ?? ""]);
    await run("target", ["-v", "/lent"]);
  });

  afterAll(async () => {
    for (const one of made.toReversed()) await docker(["rm", "-f", "-v", one]).catch(() => undefined);
    for (const network of networks) await docker(["network", "rm", network]).catch(() => undefined);
    for (const volume of volumes) await docker(["volume", "rm", volume]).catch(() => undefined);
    all.close();
  });

  async function run(part: string, options: readonly string[], command: readonly string[] = ["sleep", "1000"]): Promise<string> {
    const called = name(part);
    made.push(called);
    // Not every host lets a container have all privileges; made, it can be compared all the same.
    const quick = options.includes("--stop-timeout") ? [] : ["--stop-timeout", "1"];
    await docker([
      ...(options.includes("--privileged") ? ["create"] : ["run", "-d"]),
      "--name",
      called,
      ...quick,
      ...options,
      image,
      ...command,
    ]);
    return (await docker(["inspect", "-f", "{{.Id}}", called])).trim();
  }

  async function like(id: string, more: { readonly set?: Record<string, string>; readonly unset?: readonly string[] } = {}) {
    const called = `${name("like")}-${made.length}`;
    made.push(called);
    const newId = await acts.createLike(id, { name: called, labels: LABELS, set: more.set ?? {}, unset: more.unset ?? [] });
    return { newId, before: await acts.definition(id), after: await acts.definition(newId) };
  }

  test("one with everything is made again with nothing changed but what was asked", async () => {
    const id = await run("full", FULL(networks[0] ?? "", volumes[0] ?? "", name("target")), ["sleep", "1000"]);
    await docker(["network", "connect", "--alias", "elsewhere", networks[1] ?? "", name("full")]);
    const set = { CHANGED: "line one\nline $TWO = 2 'quoted' \"too\"", ADDED: "$HOME=\\n", EMPTY: "" };
    const { before, after, newId } = await like(id, { set, unset: ["GONE"] });
    expect(changedFields(before, after)).toEqual(["Config.Labels.oomph.test", "Env.ADDED", "Env.CHANGED", "Env.EMPTY", "Env.GONE"]);
    expect(after.imageId).toBe(before.imageId);
    expect(after.image).toBe(before.image);
    expect(Object.keys(before.fields).length).toBeGreaterThan(60);
    await acts.stop(id);
    await acts.start(newId);
    const seen = await docker(["exec", newId, "sh", "-c", 'printf %s "$CHANGED|$ADDED|$EMPTY|${GONE-gone}|$FROM_IMAGE"']);
    expect(seen).toBe(`${set.CHANGED}|${set.ADDED}||gone|1`);
    expect(await docker(["inspect", "-f", `{{(index .NetworkSettings.Networks "${networks[0]}").IPAddress}}`, newId])).toBe(
      `${SUBNET}.77\n`,
    );
  });

  test("anonymous volumes stay the same ones, with what is in them", async () => {
    const id = await run(
      "anonymous",
      ["-v", "/kept", "--mount", "type=volume,dst=/kept-too"],
      ["sh", "-c", "echo here > /kept/file; echo too > /kept-too/file; sleep 1000"],
    );
    const { before, after, newId } = await like(id);
    expect(changedFields(before, after)).toEqual(["Config.Labels.oomph.test"]);
    await acts.stop(id);
    await acts.remove(id, "stopped");
    await acts.start(newId);
    expect(await docker(["exec", newId, "cat", "/kept/file", "/kept-too/file"])).toBe("here\ntoo\n");
    // And once more, from one that was made like another.
    const again = await like(newId);
    expect(changedFields(again.before, again.after)).toEqual([]);
  });

  test("volumes of a driver with options stay the same ones, under the same options", async () => {
    const folder = mkdtempSync(join(tmpdir(), "oomph-acts-"));
    writeFileSync(join(folder, "file"), "of the host\n");
    const [bound, sized, asked] = ["bound", "sized", "asked"].map((part) => name(part)) as [string, string, string];
    volumes.push(bound, sized, asked);
    const local = (volume: string, ...options: readonly string[]): Promise<string> =>
      docker(["volume", "create", "--driver", "local", ...options.flatMap((one) => ["--opt", one]), volume]);
    await local(bound, "type=none", "o=bind", `device=${folder}`);
    await local(sized, "type=tmpfs", "device=tmpfs", "o=size=1m,mode=0700");
    const wished = '"volume-opt=type=tmpfs","volume-opt=device=tmpfs","volume-opt=o=size=2m"';
    const id = await run(
      "driver",
      [
        "--volume-driver=local",
        ...[`${bound}:/bound`, `${sized}:/sized:ro`, "/nameless"].flatMap((volume) => ["-v", volume]),
        `--mount=type=volume,src=${asked},dst=/asked,volume-driver=local,${wished}`,
        `--mount=type=volume,dst=/asked-nameless,volume-label=kept=1,volume-driver=local,${wished}`,
      ],
      ["sh", "-c", "echo here > /nameless/file; sleep 1000"],
    );
    const mounts = async (of: string): Promise<readonly string[]> => {
      const lines = await docker(["inspect", "-f", "{{range .Mounts}}{{.Name}} {{.Driver}} {{.Destination}} {{.RW}}\n{{end}}", of]);
      return lines.trim().split("\n").toSorted();
    };
    const old = await mounts(id);
    const names = old.map((line) => line.slice(0, line.indexOf(" ")));
    const inspected = () => docker(["volume", "inspect", "-f", "{{.Name}} {{.Driver}} {{json .Options}} {{json .Labels}}", ...names]);
    const volumesBefore = await inspected();
    const { before, after, newId } = await like(id);
    expect(changedFields(before, after)).toEqual(["Config.Labels.oomph.test"]);
    await acts.stop(id);
    await acts.remove(id, "stopped");
    await acts.start(newId);
    expect(await mounts(newId)).toEqual(old);
    expect(await inspected()).toBe(volumesBefore);
    expect(await docker(["exec", newId, "cat", "/bound/file", "/nameless/file"])).toBe("of the host\nhere\n");
    const inside = await docker(["exec", newId, "cat", "/proc/mounts"]);
    expect(inside).toMatch(/^tmpfs \/sized tmpfs ro,.*size=1024k,mode=700/m);
    for (const where of ["/asked", "/asked-nameless"]) expect(inside).toMatch(new RegExp(`^tmpfs ${where} tmpfs rw,.*size=2048k`, "m"));
    expect(changedFields(after, (await like(newId)).after)).toEqual([]);
    rmSync(folder, { recursive: true, force: true });
  });

  test.each([
    ["the host's network", ["--network", "host"]],
    ["no network", ["--network", "none"]],
    ["another one's network", ["--network", `container:${name("target")}`]],
    ["the host's names", ["--uts", "host"]],
    ["privileges", ["--privileged"]],
    ["unmasked paths", ["--security-opt", "systempaths=unconfined"]],
    ["an emptied entrypoint", ["--entrypoint", ""]],
    ["an entrypoint of its own", ["--entrypoint", "/usr/bin/sleep"]],
    ["a link", ["--link", `${name("target")}:db`]],
    ["volumes of another one", ["--volumes-from", name("target")]],
    ["no health check", ["--no-healthcheck"]],
    ["swap without a limit", ["--memory", "64m", "--memory-swap", "-1"]],
    ["a read-only root", ["--read-only", "--tmpfs", "/tmp"]],
    ["a variable of the image taken away", ["-e", "FROM_IMAGE="]],
  ])(
    "one with %s is made again as it is",
    async (what, options) => {
      const id = await run(`kind-${made.length}`, options, what.startsWith("an entrypoint of") ? ["1000"] : ["sleep", "1000"]);
      const { before, after } = await like(id);
      expect(changedFields(before, after)).toEqual(["Config.Labels.oomph.test"]);
    },
    60_000,
  );

  test("variables of the image come from the image, and can be taken away", async () => {
    const id = await run("of-image", ["-e", "OWN=1"]);
    const { before, after, newId } = await like(id, { unset: ["FROM_IMAGE"] });
    expect(changedFields(before, after)).toEqual(["Config.Labels.oomph.test", "Env.FROM_IMAGE"]);
    await acts.start(newId);
    expect(await docker(["exec", newId, "sh", "-c", "echo ${FROM_IMAGE-gone} $PATH"])).toBe("gone /usr/bin:/bin\n");
    expect(before.imageEnvironment).toEqual(["FROM_IMAGE", "PATH"]);
  });

  test("a MAC address that was given is kept", async () => {
    const called = name("mac");
    made.push(called);
    const body = { Image: image, Cmd: ["sleep", "1000"], StopTimeout: 1, MacAddress: "02:42:ac:11:ab:cd" };
    const client = createDockerClient(SETTINGS);
    await client.json({ call: "create", query: { name: called }, body });
    client.close();
    await docker(["start", called]);
    const { before, after, newId } = await like((await docker(["inspect", "-f", "{{.Id}}", called])).trim());
    expect(changedFields(before, after)).toEqual(["Config.Labels.oomph.test"]);
    await acts.stop(before.id);
    await acts.start(newId);
    expect(await docker(["inspect", "-f", "{{.NetworkSettings.Networks.bridge.MacAddress}}", newId])).toBe("02:42:ac:11:ab:cd\n");
  });

  test("a tag that has moved does not move the container", async () => {
    const tag = `${name("tag")}:latest`;
    await docker(["tag", image, tag]);
    const called = name("tagged");
    made.push(called);
    await docker(["run", "-d", "--name", called, tag, "sleep", "1000"]);
    const id = (await docker(["inspect", "-f", "{{.Id}}", called])).trim();
    await docker(["tag", await imageFromHost("oomph-test-acts-other", { programs: ["sleep"], version: "1" }), tag]);
    const { before, after } = await like(id);
    expect(after.imageId).toBe(before.imageId);
    expect(after.image).toBe(before.imageId);
    await docker(["rmi", tag]);
  });

  test("what hangs on a container is found", async () => {
    const target = (await docker(["inspect", "-f", "{{.Id}}", name("target")])).trim();
    await run("joins", ["--pid", `container:${name("target")}`]);
    await run("joins-network", ["--network", `container:${name("target")}`]);
    await run("linked", ["--link", `${name("target")}:db`]);
    const found = await acts.dependents(target);
    expect(found).toEqual(expect.arrayContaining([{ name: name("joins"), through: "pid", running: true }]));
    expect(found.map(({ through }) => through)).toEqual(expect.arrayContaining(["network", "link", "pid"]));
  });

  test("its own layer, ports that Docker chose, and the memory limit", async () => {
    const id = await run(
      "layer",
      ["--memory", "64m", "-p", "80", "-P", "--expose", "81"],
      ["sh", "-c", "echo written > /root/note; sleep 1000"],
    );
    await expect.poll(async () => (await acts.ownLayer(id)).paths, { timeout: 60_000 }).toContain("/root/note");
    const before = await acts.definition(id);
    expect(before.randomPorts).toEqual(expect.arrayContaining([expect.stringMatching(/^80\/tcp \(now \d+\)$/)]));
    await acts.setMemory(id, { memoryBytes: 128 * 2 ** 20, memorySwapBytes: 256 * 2 ** 20 });
    expect((await acts.definition(id)).memory.memoryBytes).toBe(128 * 2 ** 20);
    await expect(acts.setMemory(id, { memoryBytes: 1000, memorySwapBytes: 2000 })).rejects.toMatchObject({ code: "bad-input" });
  });

  test("what cannot be made in whole leaves nothing behind", async () => {
    const id = await run("breaks", []);
    const gone = name("gone");
    await docker(["network", "create", gone]);
    await docker(["network", "connect", gone, id]);
    await docker(["network", "disconnect", gone, id]);
    await docker(["network", "rm", gone]);
    const taken = name("target");
    await expect(acts.createLike(id, { name: taken, labels: {}, set: {}, unset: [] })).rejects.toMatchObject({ code: "conflict" });
    await expect(acts.createLike("f".repeat(64), { name: name("none"), labels: {}, set: {}, unset: [] })).rejects.toMatchObject({
      code: "not-found",
    });
    await acts.remove("f".repeat(64), "stopped");
    await expect(acts.remove(id, "stopped")).rejects.toMatchObject({ code: "conflict" });
  });

  function FULL(network: string, volume: string, target: string): readonly string[] {
    const options = `
      --network ${network} --network-alias first --network-alias second --ip ${SUBNET}.77 --link ${target}:linked
      --hostname full.example --domainname example --add-host extra:10.0.0.9 --dns 10.0.0.53 --dns-search example --dns-option ndots:2
      -v ${volume}:/named:ro -v /tmp:/bound -v /anonymous --mount type=bind,src=/usr,dst=/mounted,ro --mount type=tmpfs,dst=/mounted-tmpfs,tmpfs-size=1048576
      --tmpfs /scratch:size=1m --shm-size 32m
      -p 127.0.0.1:0:9000 -p 9001 --expose 9002
      --label one=1 --label com.docker.compose.project=shop
      --health-interval 30s --health-retries 5 --health-timeout 2s --health-start-period 1s
      --restart on-failure:3 --cap-add NET_ADMIN --cap-drop MKNOD --ulimit nofile=1024:2048 --sysctl net.core.somaxconn=512
      --log-driver json-file --log-opt max-size=1m --log-opt max-file=2
      --user 0:0 --workdir /root --init --ipc private --pid host --device /dev/null:/dev/nothing --security-opt no-new-privileges
      --memory 128m --memory-swap 192m --memory-reservation 64m --cpus 0.5 --cpu-shares 512 --cpuset-cpus 0 --pids-limit 50 --oom-score-adj 100
      --stop-signal SIGINT --stop-timeout 1 --group-add 44 --cgroupns private
      -e CHANGED=before -e GONE=soon -e SAME=x -e LAST=1 -e LAST=2`;
    return [...options.trim().split(/\s+/), "--health-cmd", "exit 0"];
  }
});

/** Paths of fields that are not the same. */
function changedFields(before: ContainerDefinition, after: ContainerDefinition): readonly string[] {
  const paths = new Set([...Object.keys(before.fields), ...Object.keys(after.fields)]);
  return [...paths].filter((path) => before.fields[path] !== after.fields[path]).toSorted();
}
