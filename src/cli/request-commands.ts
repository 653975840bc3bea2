import type { Command } from "commander";
import type { ExitCode } from "./exit-codes.ts";
import type { Io } from "./io.ts";

type Shared = { readonly json?: true; readonly config?: string };
type RunFlags = Shared & { readonly param: readonly string[]; readonly reason?: string; readonly wait: boolean };

/** Asking for actions on the command line. They are approved in Slack. */
export function addRequestCommands(program: Command, io: Io, done: (code: ExitCode) => void): void {
  shared(program.command("run").description("ask for an action, as `/oom run` does; another person approves it in Slack"))
    .argument("<action>", "such as docker.set-memory-limit, or set-memory-limit; an unknown one is answered with the list")
    .argument("<target>", "docker/<container>, redis/<name> or redis/<name>/<database>, as configured")
    .argument("[parameters...]", "of the action, as `/oom run` takes them: --limit 4g")
    .allowUnknownOption()
    .option("-p, --param <name=value>", "the same as limit=4g; may be given several times", gathered, [])
    .option("--reason <text>", "why, for the one who approves")
    .option("--no-wait", "end when it has been asked for, instead of following it to its end")
    .action(async (...[action, target, rest, options]: readonly [string, string, readonly string[], RunFlags]) => {
      const { run } = await import("./run.ts");
      done(await run({ action, target, rest, ...options }, io));
    });
  shared(program.command("follow").description("say what becomes of a request, until it has ended"))
    .argument("<request>", "its id, req_...")
    .action(async (requestId: string, options: Shared) => {
      const { follow } = await import("./follow.ts");
      done(await follow({ requestId, ...options }, io));
    });
  shared(program.command("approvals").description("list what waits for approval")).action(async (options: Shared) => {
    const { approvals } = await import("./approvals.ts");
    done(await approvals(options, io));
  });
  shared(program.command("cancel").description("take your own request back before anything is done"))
    .argument("<request>", "its id, req_...")
    .action(async (requestId: string, options: Shared) => {
      const { cancelRequest } = await import("./cancel-request.ts");
      done(await cancelRequest({ requestId, ...options }, io));
    });
}

function shared(command: Command): Command {
  return command.option("--json", "one JSON document on standard output").option("--config <file>", "instead of ./oomph.yaml");
}

function gathered(value: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, value];
}
