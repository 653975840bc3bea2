import type { Duplex } from "node:stream";
import { codeOf, OomphError } from "../../../domain/errors.ts";
import type { ContainerPlace } from "../../../ports/clusters.ts";
import { quoted } from "../asked.ts";
import type { Asking } from "../objects.ts";
import { createChannelStream } from "./channel-stream.ts";
import { readExecEnd, STATUS, STDERR, STDIN, STDOUT } from "./exec-end.ts";
import { EXEC_PROTOCOLS, execute } from "./execute.ts";
import { speakThroughRedisCli } from "./redis-cli-stream.ts";

/** A program that passes its input on to a port and prints what comes back. */
export type Relay = {
  /** Ends at once, with 0 where the program can do it (where `mustBeFine`), and with anything else likewise. */
  readonly probe: readonly string[];
  readonly mustBeFine?: boolean;
  argv(port: number): readonly string[];
  /** Absent: it passes bytes as they are. */
  readonly translate?: (stream: Duplex) => Duplex;
};

// What images have: busybox has nc, Debian's and Red Hat's have bash, every Redis image has redis-cli, which alone does not
// pass bytes as they are and is translated for.
const RELAYS: readonly Relay[] = [
  { probe: ["socat", "-V"], argv: (port) => ["socat", "-", `TCP:127.0.0.1:${port}`] },
  { probe: ["nc", "-h"], argv: (port) => ["nc", "127.0.0.1", String(port)] },
  {
    probe: ["bash", "-c", "type cat"],
    mustBeFine: true,
    argv: (port) => ["bash", "-c", `exec 3<>/dev/tcp/127.0.0.1/${port} || exit 1; cat <&3 & cat >&3; kill $!`],
  },
  {
    probe: ["redis-cli", "--version"],
    argv: (port) => ["redis-cli", "-h", "127.0.0.1", "-p", String(port), "--no-raw"],
    translate: speakThroughRedisCli,
  },
];
const PROBE_LIMITS = { timeoutMs: 10_000, maxBytes: 1024 };
const MAX_WORDS_BYTES = 4096;

/** The first program that the container has. Throws `refused` where it has none, and `no-rights` where none may be run. */
export async function findRelay(asking: Asking, where: ContainerPlace): Promise<Relay> {
  for (const relay of RELAYS) {
    try {
      const { exitCode } = await execute(asking, where, { argv: relay.probe, limits: PROBE_LIMITS });
      if (exitCode === 0 || relay.mustBeFine !== true) return relay;
    } catch (error) {
      if (codeOf(error) !== "refused") throw error;
    }
  }
  const tried = RELAYS.map(({ probe }) => probe[0]).join(", ");
  const says = `Container ${quoted(where.container)} of pod ${quoted(where.pod)} has no program to reach its port with (${tried}). Allow port-forward, or name another container.`;
  throw new OomphError("refused", says);
}

/** One connection to a port, made by that program. */
export async function openRelayStream(
  { client }: Asking,
  where: ContainerPlace,
  { relay, port }: { readonly relay: Relay; readonly port: number },
): Promise<Duplex> {
  const { namespace, pod: name, container } = where;
  const argv = relay.argv(port);
  const query = { container, command: argv, stdin: "true", stdout: "true", stderr: "true", tty: "false" };
  const socket = await client.upgrade({ call: "execute", namespace, name, query }, EXEC_PROTOCOLS);
  const told = { status: "", stderr: "" };
  const stream = createChannelStream(socket, {
    input: STDIN,
    output: STDOUT,
    onOther(channel, data) {
      if (channel === STATUS) told.status += data.toString("utf8");
      if (channel === STDERR && told.stderr.length < MAX_WORDS_BYTES) told.stderr += data.toString("utf8");
    },
    trouble: () => troubleOf({ where, argv, port, ...told }),
  });
  return relay.translate?.(stream) ?? stream;
}

type Told = {
  readonly where: ContainerPlace;
  readonly argv: readonly string[];
  readonly port: number;
  readonly status: string;
  readonly stderr: string;
};

/** The one place where such a program's words are read. */
function troubleOf({ where, argv, port, status, stderr }: Told): OomphError | undefined {
  if (/refused|could not connect/i.test(stderr)) {
    const says = `Nothing listens on port ${port} of pod ${quoted(where.pod)} in namespace ${quoted(where.namespace)}. Check the port, and whether the program in it is up.`;
    return new OomphError("unreachable", says, { cause: new Error(stderr) });
  }
  if (status === "") return undefined;
  try {
    readExecEnd({ where, argv, status, output: { stdout: "", stderr } });
    return undefined; // its connection ended, and it with it
  } catch (error) {
    return error instanceof OomphError ? error : undefined;
  }
}
