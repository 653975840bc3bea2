import type { Command } from "commander";
import type { ExitCode } from "./exit-codes.ts";
import type { Io } from "./io.ts";

type Shared = { readonly json?: true; readonly config?: string };

/** What the watch has seen, on the command line. */
export function addMemoryCommands(program: Command, io: Io, done: (code: ExitCode) => void): void {
  shared(program.command("top").description("every container against its limit, fullest first, read now"))
    .argument("[words...]", "containers or pods, for one of them only; part of a name, or of pods labels such as app=web")
    .action(async (words: readonly string[], options: Shared) => {
      const { top } = await import("./top.ts");
      done(await top({ words, ...options }, io));
    });
  shared(program.command("trend").description("whether a container's memory grows, by what the watch has read"))
    .argument("<target>", "docker/<container>, or deploy/<namespace>/<name>/<pod>/<container> as top shows it")
    .option("--png <file>", "draw it into a file")
    .action(async (target: string, options: Shared & { readonly png?: string }) => {
      const { trend } = await import("./trend.ts");
      done(await trend({ target, ...options }, io));
    });
  shared(program.command("report").description("what is posted on Mondays and on the first of the month, as of now"))
    .argument("<period>", "week: trends, spikes, who is closest to the limit; month: which limits to change")
    .action(async (period: string, options: Shared) => {
      const { memoryReport } = await import("./memory-report.ts");
      done(await memoryReport({ period, ...options }, io));
    });
  program
    .command("history")
    .description("what the watch has read")
    .command("export")
    .description('as JSON: {"kong":[{"timestamp":...,"mem_current_mb":...}]}')
    .argument("[target...]", "docker/<container>, deploy/<namespace>/<name>; default: all")
    .option("--since <when>", "a duration such as 24h or 7d, or a date")
    .option("--config <file>", "instead of ./oomph.yaml")
    .action(async (targets: readonly string[], options: { readonly since?: string; readonly config?: string }) => {
      const { historyExport } = await import("./history-export.ts");
      done(await historyExport({ targets, ...options }, io));
    });
}

function shared(command: Command): Command {
  return command.option("--json", "one JSON document on standard output").option("--config <file>", "instead of ./oomph.yaml");
}
