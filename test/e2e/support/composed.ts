import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { stringify } from "yaml";
import { compose, type ComposeLab, type ComposeProject } from "../../../scripts/lab/compose.ts";
import { findNginx } from "../../../scripts/lab/containers/image.ts";
import { daemonSocket } from "../../../scripts/lab/docker-proxy.ts";
import { docker, imageFromHost, nodeBaseImage } from "../../../scripts/lab/docker.ts";
import { freePort, redisVersion } from "../../../scripts/lab/redis-process.ts";
import { createSlackClient, startSlack, type LabSlack } from "../../../scripts/lab/slack/index.ts";
import { seen } from "./scene.ts";

const ROOT = resolve(import.meta.dirname, "../../..");
/** What the image is built from, and what is started. */
const COPIED = [
  "compose.yaml", "examples", "Dockerfile", ".dockerignore", "package.json", "package-lock.json", ".npmrc", "tsconfig.json",
  "rolldown.config.mjs", "LICENSE", "bin", "src",
]; // oxfmt-ignore
/** As Debian's and the official image number their user `redis`. */
const REDIS_USER = 999;

/** compose.yaml and the example beside it, as they ship, with images of this machine's programs and a local Slack. */
export type Composed = {
  readonly project: ComposeProject;
  readonly slack: LabSlack;
  readonly url: string;
  /** Runs a command of Compose; what it prints. */
  compose(...args: readonly string[]): Promise<string>;
  /** Of the container of a service. */
  idOf(service: string): Promise<string>;
  nameOf(service: string): Promise<string>;
  /** A command of the operator in Slack, and what they alone are told. */
  ask(command: string): Promise<string>;
  stop(): Promise<void>;
};

/** Builds and prepares; nothing is started yet. */
export async function prepareComposed(lab: Extract<ComposeLab, { kind: "there" }>): Promise<Composed> {
  const directory = mkdtempSync(join(tmpdir(), "oomph-compose-"));
  chmodSync(directory, 0o755); // mounted files are read by users of containers
  for (const path of COPIED) cpSync(join(ROOT, path), join(directory, path), { recursive: true });
  const name = `oomph-test-compose-${process.pid}`;
  const slack = await startSlack();
  const door = await openDoor(slack, join(directory, "slack"));
  const [base, redis, nginx, port] = await Promise.all([nodeBaseImage(ROOT), redisImage(), nginxImage(), freePort()]);
  writeSettings(directory, slack);
  writeFileSync(join(directory, "lab.yaml"), stringify(forThisMachine(slack, { base, image: name })));
  const project: ComposeProject = {
    compose: lab,
    directory,
    name,
    files: ["compose.yaml", "examples/docker-proxy/compose.yaml", "lab.yaml"].map((file) => join(directory, file)),
    env: {
      BASE_IMAGE: base,
      REDIS_IMAGE: redis,
      NGINX_IMAGE: nginx,
      OOMPH_PORT: String(port),
      OOMPH_SLACK_INCIDENT_CHANNEL: slack.id("incidents"),
    },
  };
  const run = (...args: readonly string[]): Promise<string> => compose(project, args);
  const idOf = async (service: string): Promise<string> => (await run("ps", "-q", service)).trim();
  const people = createSlackClient({ slack });
  return {
    project,
    slack,
    url: `http://127.0.0.1:${port}`,
    compose: run,
    idOf,
    nameOf: async (service) => (await docker(["inspect", "-f", "{{.Name}}", await idOf(service)])).trim().slice(1),
    async ask(command) {
      const told = () => [...slack.ephemerals(), ...slack.responses()].filter(({ user }) => user === slack.id("operator"));
      const before = told().length;
      await people.command("operator", "incidents", command);
      return seen(`an answer to ${command}`, () => told()[before]?.text);
    },
    async stop() {
      people.close();
      await run("down", "--volumes", "--timeout", "10");
      await docker(["rmi", "-f", name]);
      await Promise.all([slack.stop(), new Promise((done) => door.close(done))]);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The files that compose.yaml asks for. */
function writeSettings(directory: string, slack: LabSlack): void {
  mkdirSync(join(directory, "secrets"));
  writeFileSync(join(directory, "secrets/slack-bot-token"), slack.botToken, { mode: 0o644 });
  writeFileSync(join(directory, "secrets/slack-app-token"), slack.appToken, { mode: 0o644 });
  const settings = {
    slack: { apiUrl: slack.apiUrl },
    access: { approvers: [slack.id("approver")], admins: [slack.id("operator")] },
    redis: { connections: { queue: { url: "redis://redis:6379" } } },
    docker: { connections: { local: { url: "unix:///run/oomph-docker/docker.sock" } } },
    watch: { enabled: false }, // the daemon may have containers of others
  };
  writeFileSync(join(directory, "oomph.yaml"), stringify(settings), { mode: 0o644 });
}

/** The daemon's socket where it is here, the build's way to a registry, and the local Slack on Oomph's own loopback. */
function forThisMachine(slack: LabSlack, { base, image }: { readonly base: string; readonly image: string }): unknown {
  const { port } = new URL(slack.apiUrl);
  const forward = `net.createServer((one) => one.on("error", () => {}).pipe(net.connect("/slack/door").on("error", () => one.destroy())).pipe(one)).listen(${port}, "127.0.0.1")`;
  return {
    services: {
      oomph: { image, build: { network: "host" } },
      "docker-proxy": { volumes: [`${daemonSocket()}:/var/run/docker.sock`] },
      // As the first process of its container it would not hear SIGTERM, and Compose would wait for it to the end.
      slack: {
        image: base,
        network_mode: "service:oomph",
        volumes: ["./slack:/slack"],
        command: ["node", "-e", forward],
        stop_signal: "SIGKILL",
      },
    },
  };
}

/** The local Slack listens on this machine's loopback, which a container has not: it comes to it through a socket in a folder. */
async function openDoor(slack: LabSlack, folder: string): Promise<Server> {
  mkdirSync(folder);
  const { port } = new URL(slack.apiUrl);
  const server = createServer((one) => {
    const other = connect(Number(port), "127.0.0.1");
    one
      .on("error", () => other.destroy())
      .pipe(other.on("error", () => one.destroy()))
      .pipe(one);
  });
  await new Promise<void>((listening) => server.listen(join(folder, "door"), listening));
  return server;
}

/** What of the official image compose.yaml relies on: the programs, and a /data that belongs to the user `redis`. */
async function redisImage(): Promise<string> {
  const from = await imageFromHost("oomph-test-redis-base", {
    programs: ["redis-server", "redis-cli", "sh", "mkdir", "chown"],
    version: redisVersion(),
    env: { PATH: "/usr/bin:/bin" },
  });
  return imageWith(from, `mkdir /data && chown ${REDIS_USER}:${REDIS_USER} /data`, "VOLUME /data\nWORKDIR /data\n");
}

async function nginxImage(): Promise<string> {
  const nginx = findNginx();
  if (nginx.kind === "absent") throw new Error(`Expected nginx for the proxy's container: ${nginx.because}`);
  const from = await imageFromHost("oomph-test-nginx-base", {
    programs: [nginx.path, "sh", "rm", "mkdir"],
    libraries: ["libnss_files.so.2"],
    trees: { "/etc/group": "/etc/group" },
    version: nginx.version,
    env: { PATH: "/usr/bin:/bin" },
  });
  return imageWith(from, "mkdir -p /var/lib/nginx /var/log/nginx");
}

/** The same image after a command, and with more lines. */
async function imageWith(from: string, command: string, lines = ""): Promise<string> {
  const tag = from.replace("-base:", ":compose-");
  const folder = mkdtempSync(join(tmpdir(), "oomph-image-"));
  writeFileSync(join(folder, "Dockerfile"), `FROM ${from}\nRUN ${command}\n${lines}`);
  await docker(["build", "-t", tag, folder]).finally(() => rmSync(folder, { recursive: true, force: true }));
  return tag;
}
