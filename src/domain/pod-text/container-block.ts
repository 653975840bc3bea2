import { given } from "../given.ts";
import { parseBytesQuantity, parseQuantity } from "../quantity.ts";
import type { PodContainer, RunState } from "../workload.ts";
import { fieldOf, type Line } from "./lines.ts";
import { readTime } from "./time.ts";

type Part = "none" | "state" | "last" | "limits" | "requests" | "text";
type Told = Record<string, string>;

const PARTS: Readonly<Record<string, Part>> = { State: "state", "Last State": "last", Limits: "limits", Requests: "requests" };
// What holds lines of somebody else's: they may look like anything.
const TEXTS: ReadonlySet<string> = new Set([
  "Command",
  "Args",
  "Environment",
  "Environment Variables",
  "Environment Variables from",
  "Mounts",
]);
const OF_STATE: ReadonlySet<string> = new Set(["Reason", "Message", "Exit Code", "Signal", "Started", "Finished"]);
const PROBES: Readonly<Record<string, string>> = { Liveness: "liveness", Readiness: "readiness", Startup: "startup" };

/** The lines of one container. */
export class ContainerBlock {
  readonly #name: string;
  readonly #role: PodContainer["role"];
  readonly #indent: number | undefined;
  readonly #fields: Told = {};
  readonly #state: Told = {};
  readonly #last: Told = {};
  readonly #limits: Told = {};
  readonly #requests: Told = {};
  #part: Part = "none";
  #partIndent = 0;
  #inMessage = false;

  constructor(name: string, role: PodContainer["role"], indent: number | undefined) {
    this.#name = name;
    this.#role = role;
    this.#indent = indent;
  }

  /** Is this line one of a program's own, among arguments or in its last words? */
  isInText(line: Line): boolean {
    if (this.#part === "text") return line.indent > this.#partIndent && this.#isIndented();
    return this.#inMessage && !OF_STATE.has(fieldOf(line)?.key ?? "") && line.indent > 0 && !this.#isIndented();
  }

  feed(line: Line): void {
    const field = fieldOf(line);
    if (this.#part === "text" && line.indent > this.#partIndent && this.#isIndented()) return;
    if (field === undefined) return;
    const { key, value } = field;
    const told = this.#told();
    if (Object.hasOwn(PARTS, key)) this.#begin(PARTS[key] ?? "none", line, value);
    else if (TEXTS.has(key)) this.#begin("text", line, "");
    else if (told !== undefined && (this.#part === "limits" || this.#part === "requests") && /^[a-z]/.test(key)) told[key] = value;
    else if (OF_STATE.has(key) && told !== undefined && (this.#part === "state" || this.#part === "last")) {
      told[key] ??= value;
      this.#inMessage = key === "Message";
    } else if (OF_STATE.has(key)) this.#last[key] ??= value; // of a fragment that begins in the middle of a state
    else this.#other(line, field);
  }

  end(): PodContainer {
    const { Image: image, Ready: ready } = this.#fields;
    const restarts = Number(this.#fields["Restart Count"]);
    const command = Object.entries(PROBES).flatMap(([key, probe]) => (this.#fields[key] === undefined ? [] : [[probe, this.#fields[key]]]));
    return {
      name: this.#name,
      role: this.#role,
      restarts: Number.isSafeInteger(restarts) ? restarts : 0,
      ports: [],
      probes: Object.fromEntries(command),
      ...given({
        image: image === "" ? undefined : image,
        requestBytes: parseBytesQuantity(this.#requests["memory"]),
        limitBytes: parseBytesQuantity(this.#limits["memory"]),
        cpuLimitCores: parseQuantity(this.#limits["cpu"]),
        state: stateIn(this.#state, this.#fields["Container ID"]),
        lastState: stateIn(this.#last, undefined),
        ready: ready === undefined ? undefined : /^true$/i.test(ready),
      }),
    };
  }

  #begin(part: Part, line: Line, value: string): void {
    this.#part = part;
    this.#partIndent = line.indent;
    this.#inMessage = false;
    const told = this.#told();
    // A second State in one block is of another container whose name is lost; the first is kept.
    if (told !== undefined && value !== "") told["is"] ??= value;
  }

  #other(line: Line, { key, value }: { readonly key: string; readonly value: string }): void {
    this.#part = "none";
    this.#partIndent = line.indent;
    this.#inMessage = false;
    this.#fields[key] ??= value;
  }

  #told(): Told | undefined {
    return { none: undefined, text: undefined, state: this.#state, last: this.#last, limits: this.#limits, requests: this.#requests }[
      this.#part
    ];
  }

  #isIndented(): boolean {
    return this.#indent === undefined || this.#partIndent > this.#indent;
  }
}

function stateIn(told: Told, containerId: string | undefined): RunState | undefined {
  const { is, Reason: reason, Message: message, Started: started, Finished: finished } = told;
  const exitCode = wholeNumber(told["Exit Code"]);
  // A code that stands alone may be of anything.
  const isEnd = reason?.toLowerCase() === "oomkilled" || (exitCode !== undefined && (reason ?? finished) !== undefined);
  const kind = is?.toLowerCase() ?? (isEnd ? "terminated" : "");
  const why = given({ reason, message });
  if (kind.startsWith("waiting")) return { kind: "waiting", ...why };
  if (kind.startsWith("running")) return { kind: "running", ...given({ startedAtMs: readTime(started ?? "") }) };
  if (!kind.startsWith("terminated")) return undefined;
  const id = containerId?.replace(/^[\w.-]+:\/\//, "");
  return {
    kind: "terminated",
    ...why,
    ...given({
      exitCode,
      signal: wholeNumber(told["Signal"]),
      startedAtMs: readTime(started ?? ""),
      finishedAtMs: readTime(finished ?? ""),
      containerId: id === undefined || id === "" ? undefined : id,
    }),
  };
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined;
}
