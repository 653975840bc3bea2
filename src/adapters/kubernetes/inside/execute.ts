import { OomphError } from "../../../domain/errors.ts";
import type { ContainerPlace } from "../../../ports/clusters.ts";
import type { ExecLimits, ExecResult } from "../../../ports/containers.ts";
import { createBoundedOutput } from "../../connection/bounded-output.ts";
import { quoted } from "../asked.ts";
import { assertAllowed } from "../namespaces.ts";
import type { Asking } from "../objects.ts";
import { listenToChannels } from "./channel-stream.ts";
import { readExecEnd, STATUS, STDERR, STDOUT } from "./exec-end.ts";

/** v5 can also close the program's input, which is not needed here; servers before 1.30 know v4 alone. */
export const EXEC_PROTOCOLS = ["v5.channel.k8s.io", "v4.channel.k8s.io"] as const;

export type Execution = { readonly argv: readonly string[]; readonly limits: ExecLimits };

/** Runs a program in a container and waits for its end. */
export async function execute(asking: Asking, where: ContainerPlace, { argv, limits }: Execution): Promise<ExecResult> {
  const { client } = asking;
  const { namespace, pod: name, container } = where;
  if (argv.length === 0) throw new OomphError("bad-input", "Expected a program to run and its arguments, got nothing.");
  assertAllowed(client.settings, namespace);
  const deadline = AbortSignal.timeout(limits.timeoutMs);
  const query = { container, command: argv, stdin: "false", stdout: "true", stderr: "true", tty: "false" };
  const opened = client.upgrade({ call: "execute", namespace, name, query, signal: deadline }, EXEC_PROTOCOLS);
  const socket = await opened.catch((error: unknown) => {
    throw deadline.aborted ? late(where, { argv, limits }) : error;
  });
  const output = createBoundedOutput(limits.maxBytes);
  const status: Buffer[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      const onLate = (): void => reject(late(where, { argv, limits }));
      if (deadline.aborted) onLate();
      deadline.addEventListener("abort", onLate, { once: true });
      socket.once("close", () => resolve());
      listenToChannels(socket, (channel, data) => {
        if (channel === STDOUT) output.add("stdout", data);
        if (channel === STDERR) output.add("stderr", data);
        if (channel === STATUS) status.push(Buffer.from(data));
      });
    });
  } finally {
    socket.terminate();
  }
  const texts = output.texts();
  return { exitCode: readExecEnd({ where, argv, status: Buffer.concat(status).toString("utf8"), output: texts }), ...texts };
}

function late({ pod, container }: ContainerPlace, { argv, limits }: Execution): OomphError {
  const says = `${argv[0] ?? ""} in container ${quoted(container)} of pod ${quoted(pod)} did not end within ${limits.timeoutMs} ms. It may go on there: Kubernetes has no way to end it.`;
  return new OomphError("timed-out", says, { retryable: true });
}
