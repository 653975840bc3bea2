import { Command, InvalidArgumentError } from "commander";
import { nearest } from "../domain/nearest.ts";
import { EXIT, EXIT_CODE_HELP, type ExitCode } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { addMemoryCommands } from "./memory-commands.ts";
import { addRequestCommands } from "./request-commands.ts";
import { asksForJson, tellFailure } from "./tell-failure.ts";

type Done = (code: ExitCode) => void;

/** Runs one command. Each command's module is loaded only when it is asked for. Never throws; returns the exit code. */
export async function runCommandLine(args: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  let hasPrinted = false;
  const out = (text: string): void => {
    hasPrinted = true;
    io.out(text);
  };
  const program = build({ ...io, out }, (ended) => {
    code = ended;
  });
  try {
    await program.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    return tellFailure(error, asksForJson(args) && !hasPrinted, io);
  }
}

function build(io: Io, done: Done): Command {
  const program = new Command("oomph")
    .description("Memory incidents: what happened, how sure, what to do. To look needs neither Slack nor a queue.")
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.out(text), writeErr: (text) => io.err(text) })
    .showHelpAfterError("Try: oomph --help")
    .helpCommand(true)
    .addHelpText(
      "after",
      `\n${EXIT_CODE_HELP}\n\nExamples:
  oomph investigate redis/sessions            a connection from oomph.yaml
  oomph investigate redis://127.0.0.1:6379/2  any Redis
  oomph investigate deploy/shop/web           a workload of the cluster that kubectl speaks to
  redis-cli INFO | oomph explain -            a pasted INFO, or a log with Redis's OOM error
  oomph top pods                              every container of every pod against its limit
  kubectl get pods -o json | oomph explain -  how containers ended; describe, events and nodes likewise
  journalctl -k | oomph explain -             who was killed for want of memory, and whose limit it was
  oomph explain alert.json                    a sender's webhook, or a Slack post, in JSON
  oomph explain heap.pb.gz --base before.pb.gz  a Go program's heap profile: who holds most, and who grew
  docker logs web 2>&1 | oomph explain -      a full heap of Java, Node, Python, Go; "exited with code 137"
  oomph redis flush --db 2                    before a test suite`,
    )
    .option("--version", "print the version")
    .allowExcessArguments()
    .action(async ({ version }: { readonly version?: true }) => {
      const [typed] = program.args;
      if (typed !== undefined) return unknownCommand(program, typed);
      return version === true ? printVersion(io) : program.help({ error: true });
    });
  addInvestigate(program, io, done);
  addPlan(program, io, done);
  addRequestCommands(program, io, done);
  addMemoryCommands(program, io, done);
  addExplain(program, io, done);
  addRedisFlush(program, io, done);
  addAuditVerify(program, io, done);
  addConfigCheck(program, io, done);
  program
    .command("version")
    .description("print the version")
    .action(() => printVersion(io));
  return program;
}

function unknownCommand(program: Command, typed: string): never {
  const names = program.commands.map((command) => command.name());
  const meant = nearest(typed, names);
  const todo = meant.length > 0 ? `Did you mean ${meant.join(" or ")}?` : `There is ${names.join(", ")}.`;
  return program.error(`oomph: there is no command ${JSON.stringify(typed.slice(0, 60))}. ${todo}`);
}

function addInvestigate(program: Command, io: Io, done: Done): void {
  program
    .command("investigate")
    .description("look at a container, a workload, a node or a Redis and say why its memory is short, or that it is not; changes nothing")
    .argument(
      "<target>",
      "docker/<container>, deploy/<namespace>/<name> (or pod, sts, ds, job, cronjob), node/<name>, redis/<name>[/<database>] from the configuration, or redis://[user:password@]host[:port][/database]",
    )
    .option("--json", "one JSON document on standard output")
    .option("--census <duration>", "time box of the key census, such as 500ms or 3s")
    .option(
      "--since <duration>",
      "how far back to look at a container's log, events and readings, such as 2h; default: 24h, and the end of the log",
    )
    .option(
      "--as <runbook>",
      "the runbook that a type of alert begins with, such as metrics-auth; an unknown one is answered with the list",
    )
    .option("--config <file>", "instead of ./oomph.yaml")
    .option("--exit-code", "end with 1 when there is a problem, for scripts")
    .action(async (target: string, options: InvestigateFlags) => {
      const { investigate } = await import("./investigate.ts");
      done(await investigate({ target, ...options }, io));
    });
}

type InvestigateFlags = {
  readonly json?: true;
  readonly census?: string;
  readonly since?: string;
  readonly as?: string;
  readonly config?: string;
  readonly exitCode?: true;
};

function addPlan(program: Command, io: Io, done: Done): void {
  program
    .command("plan")
    .description("say what an action would do to a target now; nothing is changed, and nothing is asked for")
    .argument("<action>", "such as docker.set-memory-limit, or set-memory-limit; an unknown one is answered with the list")
    .argument("<target>", "as for investigate")
    .argument("[parameters...]", "of the action, as `/oom run` takes them: --limit 4g")
    .allowUnknownOption()
    .option("-p, --param <name=value>", "the same as limit=4g; may be given several times", gathered, [])
    .option("--json", "the plan as one JSON document on standard output")
    .option("--config <file>", "instead of ./oomph.yaml")
    .action(async (...[action, target, rest, options]: readonly [string, string, readonly string[], PlanFlags]) => {
      const { planAction } = await import("./plan-action.ts");
      done(await planAction({ action, target, rest, ...options }, io));
    });
}

type PlanFlags = { readonly param: readonly string[]; readonly json?: true; readonly config?: string };

function gathered(value: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, value];
}

function addExplain(program: Command, io: Io, done: Done): void {
  program
    .command("explain")
    .description(
      "say what a text means: what kubectl says of pods, nodes or events (get -o json or yaml, describe, tables), a kernel's log, the JSON of an alert's webhook or of a Slack post, a pasted INFO, a log with Redis's OOM error or with a full heap (Java, Node, Python, Go ...), how a container ended (exited with code 137); or what a heap profile in pprof's format holds",
    )
    .argument("<file>", "a file, or - for standard input")
    .option("--base <file>", "an earlier heap profile of the same program: what grew since")
    .option("--as <sender>", "whose webhook it is, as in its route: alertmanager, or generic/<name>, a mapping of webhooks.generic")
    .option("--json", "one JSON document on standard output")
    .option("--config <file>", "instead of ./oomph.yaml, whose rules for alerts count here too")
    .action(async (file: string, { json, ...named }: ExplainFlags) => {
      const { explainFile } = await import("./explain-file.ts");
      done(await explainFile({ file, json: json === true, ...named }, io));
    });
}

type ExplainFlags = { readonly base?: string; readonly as?: string; readonly json?: true; readonly config?: string };

function addRedisFlush(program: Command, io: Io, done: Done): void {
  program
    .command("redis")
    .description("for test suites")
    .command("flush")
    .description("empty one database of a test Redis; refuses hosts other than this machine, and databases with many keys")
    .option("--url <url>", "redis://[user:password@]host[:port][/database]; default redis://127.0.0.1:6379")
    .option("--db <number>", "the database; default: the URL's, or 0", wholeNumber)
    .option("--max-keys <number>", "refuse when there are more; default 100000", wholeNumber)
    .option("--allow-host <host...>", "a test host that is not this machine")
    .option("--dry-run", "only say what would be done")
    .option("--json", "one JSON document on standard output, refusals too")
    .action(async (options: FlushFlags) => {
      const { flushCommand } = await import("./flush-command.ts");
      done(await flushCommand(options, io));
    });
}

type FlushFlags = {
  readonly url?: string;
  readonly db?: number;
  readonly maxKeys?: number;
  readonly allowHost?: readonly string[];
  readonly dryRun?: true;
  readonly json?: true;
};

function addAuditVerify(program: Command, io: Io, done: Done): void {
  program
    .command("audit")
    .description("the record of who did what")
    .command("verify")
    .description("recompute the chain of hashes over all entries")
    .option("--head <hash>", "a hash noted earlier, which must be in the chain: shows that no entries were cut off the end")
    .option("--config <file>", "instead of ./oomph.yaml")
    .action(async (options: { readonly head?: string; readonly config?: string }) => {
      const { auditVerify } = await import("./audit-verify.ts");
      done(await auditVerify(options, io));
    });
}

function addConfigCheck(program: Command, io: Io, done: Done): void {
  program
    .command("config")
    .description("environment and oomph.yaml")
    .command("check")
    .description("list every problem at once, or say what is configured")
    .option("--config <file>", "instead of ./oomph.yaml")
    .option("--command-line", "only what the command line needs: Slack and the queue may be missing")
    .action(async (options: { readonly config?: string; readonly commandLine?: true }) => {
      const { configCheck } = await import("./config-check.ts");
      done(await configCheck(options, io));
    });
}

async function printVersion(io: Io): Promise<void> {
  const { version } = await import("./version.ts");
  io.out(`${version()}\n`);
}

function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError(`expected a whole number, got ${JSON.stringify(text)}.`);
  return Number(text);
}
