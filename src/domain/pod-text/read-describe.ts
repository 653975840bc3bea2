import { given } from "../given.ts";
import { parseBytesQuantity } from "../quantity.ts";
import type { ClusterEvent, Condition, PodContainer, PodFacts } from "../workload.ts";
import { ContainerBlock } from "./container-block.ts";
import { readEventRow } from "./event-rows.ts";
import { fieldOf, type Line } from "./lines.ts";
import { readTime } from "./time.ts";

/** A pod as kubectl describe shows it, and the events that it shows of it. */
export type DescribedPod = { readonly pod: PodFacts; readonly events: readonly ClusterEvent[] };

type Section = "top" | "init" | "main" | "ephemeral" | "conditions" | "resources" | "events" | "other";

const SECTIONS: Readonly<Record<string, Section>> = {
  "Init Containers": "init",
  Containers: "main",
  "Ephemeral Containers": "ephemeral",
  Conditions: "conditions",
  Resources: "resources",
  Events: "events",
  Volumes: "other",
  Tolerations: "other",
  "Node-Selectors": "other",
  "QoS Class": "other",
  "QoS Tier": "other",
  "Topology Spread Constraints": "other",
};
// What stands in front of a container's states in every version of kubectl.
const OF_CONTAINER: ReadonlySet<string> = new Set([
  "Container ID",
  "Image",
  "Image ID",
  "State",
  "Last State",
  "Restart Count",
  "Exit Code",
]);
const AFTER_REASON: ReadonlySet<string> = new Set(["Exit Code", "Signal", "Started"]);
const CONTAINER_NAME = /^([a-z0-9](?:[-a-z0-9.]*[a-z0-9])?):$/;

/**
 * One pod of `kubectl describe pod`, of any version, whole or as much of it as there is: without its beginning or end, with
 * its indentation lost. Reads each line once.
 */
export class PodDescription {
  readonly #fields = new Map<string, string>();
  readonly #labels: Record<string, string> = {};
  readonly #conditions: Condition[] = [];
  readonly #rows: Line[] = [];
  readonly #containers: ContainerBlock[] = [];
  readonly #resources = new Map<string, string>();
  #section: Section = "top";
  #key = "";
  #resource = "";
  #container: ContainerBlock | undefined;
  /** Of the first container's name: what is deeper is within one. */
  #nameIndent: number | undefined;

  feed(line: Line, next: Line | undefined): void {
    if (line.text === "") return;
    const field = fieldOf(line);
    const section = this.#container?.isInText(line) === true ? undefined : sectionAt(line, field?.key, this.#container !== undefined);
    if (section !== undefined) this.#begin(section);
    if (section !== undefined && field !== undefined) this.#fields.set(field.key, field.value);
    else if (this.#section === "events") this.#rows.push(line);
    else if (this.#section === "conditions") this.#condition(line);
    else if (this.#section === "resources" && field !== undefined) this.#resourceLine(field.key, field.value);
    else if (this.#isInContainers() || OF_CONTAINER.has(field?.key ?? "") || beginsInState(field?.key, next))
      this.#containerLine(line, next);
    else if (this.#section === "top") this.#topLine(line, field);
    else if (CONTAINER_NAME.test(line.text) && OF_CONTAINER.has(keyOf(next))) this.#containerLine(line, next);
  }

  end(): DescribedPod {
    const at = (key: string): string | undefined => valueOf(this.#fields.get(key));
    const namespace = at("Namespace") ?? "";
    const name = at("Name") ?? "";
    const owner = /^([A-Za-z]+)\/(\S+)/.exec(at("Controlled By") ?? at("Controllers") ?? at("Created By") ?? "");
    const status = at("Status")?.split(/\s/)[0];
    const pod: PodFacts = {
      uid: at("UID") ?? "",
      namespace,
      name,
      labels: this.#labels,
      phase: status === undefined || status === "Terminating" ? "Unknown" : status,
      conditions: this.#conditions,
      containers: this.#containers.map((block) => block.end()).filter(saysSomething),
      ...given({
        controller: owner === null ? undefined : { kind: owner[1] ?? "", name: owner[2] ?? "" },
        node: at("Node")?.split("/")[0],
        reason: at("Reason"),
        message: at("Message"),
        startedAtMs: readTime(at("Start Time") ?? ""),
        qosClass: at("QoS Class") ?? at("QoS Tier"),
        podLimitBytes: parseBytesQuantity(this.#resources.get("Limits")),
        podRequestBytes: parseBytesQuantity(this.#resources.get("Requests")),
      }),
    };
    const events = this.#rows.flatMap((row) => readEventRow(row, { kind: "Pod", name, namespace }) ?? []);
    return { pod, events };
  }

  #begin(section: Section): void {
    this.#section = section;
    this.#container = undefined;
    this.#nameIndent = undefined;
  }

  #isInContainers(): boolean {
    // A part that begins in the middle of a container has no heading.
    if (this.#section === "top") return this.#container !== undefined;
    return this.#section === "init" || this.#section === "main" || this.#section === "ephemeral";
  }

  #containerLine(line: Line, next: Line | undefined): void {
    const name = this.#nameIn(line, next);
    if (name === undefined) {
      this.#container ??= this.#added("", undefined);
      this.#container.feed(line);
      return;
    }
    this.#container = this.#added(name, line.indent);
  }

  #added(name: string, indent: number | undefined): ContainerBlock {
    const role: PodContainer["role"] = this.#section === "init" || this.#section === "ephemeral" ? this.#section : "main";
    const block = new ContainerBlock(name, role, indent);
    this.#containers.push(block);
    return block;
  }

  /** A name stands at the same depth as the others, or, where depth is lost, right before what a container begins with. */
  #nameIn(line: Line, next: Line | undefined): string | undefined {
    const name = CONTAINER_NAME.exec(line.text)?.[1];
    if (name === undefined) return undefined;
    const begins = OF_CONTAINER.has(keyOf(next));
    if (!begins && (this.#nameIndent === undefined || line.indent !== this.#nameIndent || line.indent === 0)) {
      return this.#container === undefined && this.#isInContainers() ? name : undefined;
    }
    this.#nameIndent ??= line.indent;
    return name;
  }

  #condition({ text }: Line): void {
    const [type = "", status = ""] = text.split(/\s+/);
    if (/^(?:True|False|Unknown)$/.test(status)) this.#conditions.push({ type, status });
  }

  #resourceLine(key: string, value: string): void {
    if (key === "Limits" || key === "Requests") this.#resource = key;
    else if (key === "memory") this.#resources.set(this.#resource, value);
  }

  #topLine(line: Line, field: { readonly key: string; readonly value: string } | undefined): void {
    if (field !== undefined && line.text !== "") {
      this.#key = field.key;
      if (!this.#fields.has(field.key)) this.#fields.set(field.key, field.value);
    }
    if (this.#key !== "Labels") return;
    const label = /^([\w./-]+)=(\S*)$/.exec(field?.key === "Labels" ? field.value : line.text);
    if (label !== null) this.#labels[label[1] ?? ""] = label[2] ?? "";
  }
}

/** A heading stands at the left; where a text's depth is lost, everything does. */
function sectionAt({ indent }: Line, key: string | undefined, inContainer: boolean): Section | undefined {
  if (key === undefined || !Object.hasOwn(SECTIONS, key)) return undefined;
  // `Resources:` and `Conditions:` are words that programs' arguments hold too.
  return inContainer && indent > 3 ? undefined : SECTIONS[key];
}

/** A part that was cut out of the middle of a state: `Reason:` of a pod is followed by other things. */
function beginsInState(key: string | undefined, next: Line | undefined): boolean {
  return key === "Reason" && AFTER_REASON.has(keyOf(next));
}

function keyOf(line: Line | undefined): string {
  return line === undefined ? "" : (fieldOf(line)?.key ?? "");
}

function valueOf(text: string | undefined): string | undefined {
  return text === undefined || text === "" || text === "<none>" || text === "<unset>" ? undefined : text;
}

function saysSomething({ name, state, lastState }: PodContainer): boolean {
  return name !== "" || state !== undefined || lastState !== undefined;
}
