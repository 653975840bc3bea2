import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Scene as Container } from "../../../scripts/lab/containers/scenes.ts";
import { docker } from "../../../scripts/lab/docker.ts";
import type { LabMessage } from "../../../scripts/lab/slack/index.ts";
import { cards, has, seen, textOf, type Scene } from "./scene.ts";

type Inspected = {
  Id: string;
  State: { Status: string };
  Config: { Env: string[] };
  HostConfig: { Memory: number; RestartPolicy: { Name: string } };
};

/** A container as the daemon has it, asked past Oomph; undefined: there is none of this name. */
export async function inspected(container: string) {
  const text = await docker(["inspect", "--type", "container", container]).catch(() => undefined);
  if (text === undefined) return undefined;
  const [found] = JSON.parse(text) as [Inspected];
  const { Id: id, State, Config, HostConfig } = found;
  return { id, state: State.Status, env: Config.Env, memoryBytes: HostConfig.Memory, restart: HostConfig.RestartPolicy.Name };
}

/** Names of what there is of a container: itself, and what a re-creation has made or kept of it. */
export async function piecesOf({ name }: Pick<Container, "name">): Promise<readonly string[]> {
  const names = (await docker(["ps", "-a", "--format", "{{.Names}}"])).split("\n");
  return names.filter((one) => one === name || one.startsWith(`${name}-`)).toSorted();
}

/** What the daemon itself says was made and started, from now on; it remembers only the last 256 events by itself. */
export function countEvents() {
  const heard: DockerEvent[] = [];
  const filters = ["type=container", "event=create", "event=start"].flatMap((filter) => ["--filter", filter]);
  const child = spawn("docker", ["events", "--format", "{{json .}}", ...filters], { stdio: ["ignore", "pipe", "inherit"] });
  createInterface(child.stdout).on("line", (line) => heard.push(JSON.parse(line) as DockerEvent));
  return {
    /** Ids of the containers that were made in the place of this one. */
    creationsOf: ({ name }: Pick<Container, "name">): readonly string[] =>
      heard.filter(({ Action, Actor }) => Action === "create" && Actor.Attributes["oomph.dev/container"] === name).map(({ id }) => id),
    startsOf: (id: string): number => heard.filter((one) => one.Action === "start" && one.id === id).length,
    stop: () => void child.kill(),
  };
}

type DockerEvent = {
  readonly Action: string;
  readonly id: string;
  readonly Actor: { readonly Attributes: Readonly<Record<string, string>> };
};

/** Waits until a message of this channel says so; what it said instead stands in the failure. */
export async function expectSaid(scene: Scene, channel: string, says: RegExp): Promise<LabMessage> {
  const found = () => scene.said(channel).findLast((message) => says.test(textOf(message)));
  // A host that stays away is asked for the better part of a minute before that is said.
  const message = await seen("it", found, 150_000).catch(() => undefined);
  if (message !== undefined) return message;
  const heard = scene.said(channel).map(({ text }) => text);
  throw new Error(`Expected ${channel} to say ${String(says)}, got:\n${heard.join("\n")}`);
}

/** Presses the offer of a message; the card that it leads to. */
export async function press(scene: Scene, { user, channel, message }: Press): Promise<LabMessage> {
  const before = new Set(cards(scene, channel).map(({ ts }) => ts));
  await scene.people().click(user, message, "offer_ask");
  return seen("a card", () => cards(scene, channel).find(({ ts }) => !before.has(ts))).catch(() => {
    throw new Error(`Expected a card, got: ${scene.toldOnly(user).at(-1) ?? "no answer"}`);
  });
}

type Press = { readonly user: string; readonly channel: string; readonly message: LabMessage };

/** The last message of a channel that has an offer to press. */
export function offering(scene: Scene, channel: string, says: RegExp): Promise<LabMessage> {
  const found = () => scene.said(channel).findLast((message) => says.test(message.text) && has(message, "offer_ask"));
  return seen(`a message with an offer that says ${String(says)}`, found);
}
