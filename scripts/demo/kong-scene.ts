import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findNginx } from "../lab/containers/image.ts";
import { openScenes, type Scene as Container } from "../lab/containers/scenes.ts";
import { daemonSocket } from "../lab/docker-proxy.ts";
import { docker, findDocker } from "../lab/docker.ts";
import { startGithub, type LabGithub } from "../lab/github.ts";
import { startOomph } from "../lab/oomph.ts";
import { startRedis } from "../lab/redis.ts";
import { createSlackClient, startSlack } from "../lab/slack/index.ts";
import { built, WEBHOOKS, type Stage, type Stops } from "./scene.ts";

/** Everything that plays a part in Kong's incident. */
export type KongScene = Stage & {
  readonly github: LabGithub;
  readonly kongName: string;
  /** Starts the container that will be killed in: a real nginx with an entrypoint that reads Kong's variables. */
  startKong(): Promise<Container>;
};

export const COMPOSE_FILE = "docker-compose-kong.yml";
/** Where the container says that it comes from. What must stay as it is: comments, order, and what nobody asked about. */
export const COMPOSE_TEXT = `# API gateway. Owner: platform team
services:
  kong:
    image: kong/kong-gateway:3.4
    environment:
      KONG_DATABASE: "off"
      KONG_NGINX_WORKER_PROCESSES: auto   # one per core
      KONG_NGINX_HTTP_KEEPALIVE_TIMEOUT: 65s
    deploy:
      resources:
        limits:
          cpus: '1'
          memory: 288M
    restart: unless-stopped
`;

/** What is missing for this scene on this machine, one line each. */
export async function missingForKong(): Promise<readonly string[]> {
  const [daemon, nginx] = [await findDocker(), findNginx()];
  return [daemon, nginx].flatMap((one) => (one.kind === "absent" ? [one.because] : []));
}

export function setKongScene(tell: (line: string) => void): Promise<KongScene> {
  return built((stops) => build(tell, stops));
}

async function build(tell: (line: string) => void, stops: Stops): Promise<Omit<KongScene, "stop">> {
  const containers = openScenes();
  stops.push(() => containers.end());
  const queue = await startRedis({ policy: "noeviction", lines: ["appendonly yes"] });
  stops.push(() => queue.stop());
  const [checkout, github] = [await mkdtemp(join(tmpdir(), "oomph-checkout-")), await startGithub()];
  stops.push(
    () => rm(checkout, { recursive: true, force: true }),
    () => github.stop(),
  );
  await writeFile(join(checkout, COMPOSE_FILE), COMPOSE_TEXT);
  await github.commit(COMPOSE_FILE, COMPOSE_TEXT);
  tell(`A local GitHub runs at ${github.apiUrl}; ${github.repository} holds ${COMPOSE_FILE}.`);

  const isTaken = (await docker(["ps", "-aq", "--filter", "name=^/kong"])).trim() !== "";
  const name = isTaken ? `kong-${process.pid}` : "kong";
  const slack = await startSlack({ users: ["alice", "bob", "mallory"] });
  stops.push(() => slack.stop());
  const compose = { paths: [checkout], repository: github.repository, checkout };
  const oomph = await startOomph({
    slack,
    queueUrl: queue.url,
    connections: {},
    access: { approvers: [slack.users["alice"], slack.users["bob"]], admins: [slack.users["bob"]] },
    sections: {
      docker: {
        connections: {
          local: { url: `unix://${daemonSocket()}`, watch: [name], health: { [name]: { command: "kong health" } }, compose },
        },
      },
      verification: { readings: 3, interval: "500ms" },
      webhooks: WEBHOOKS,
      github: { token: github.token, apiUrl: github.apiUrl, repository: github.repository },
    },
  });
  stops.push(() => oomph.stop());
  const people = createSlackClient({ slack, url: oomph.eventsUrl });
  stops.push(async () => people.close());
  tell(`A local Slack runs at ${slack.apiUrl}, Oomph at ${oomph.url} (process ${oomph.pid}). It watches docker/${name}.`);
  const labels = {
    "com.docker.compose.project.config_files": COMPOSE_FILE,
    "com.docker.compose.project.working_dir": checkout,
    "com.docker.compose.service": "kong",
  };
  const startKong = (): Promise<Container> => containers.gateway({ name, restart: "unless-stopped", labels });
  return { slack, people, oomph, github, kongName: name, startKong };
}
