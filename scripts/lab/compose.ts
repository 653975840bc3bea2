import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);
const MAX_OUTPUT_BYTES = 64 * 2 ** 20;

/** Docker Compose: the plugin of `docker`, or the program of its own that older systems have. */
export type ComposeLab =
  | { readonly kind: "there"; readonly version: string; readonly command: readonly [string, ...string[]] }
  | { readonly kind: "absent"; readonly because: string };

const COMMANDS = [["docker", "compose"], ["docker-compose"]] as const;

export async function findCompose(): Promise<ComposeLab> {
  for (const command of COMMANDS) {
    const [program, ...rest] = command;
    const version = await run(program, [...rest, "version", "--short"]).then(
      ({ stdout }) => stdout.trim(),
      () => "",
    );
    if (version !== "") return { kind: "there", version, command };
  }
  return {
    kind: "absent",
    because: "neither `docker compose` nor docker-compose is there (Debian, Ubuntu: apt-get install docker-compose)",
  };
}

/** A project of Compose: its files, its name, and the variables that they are filled in with. */
export type ComposeProject = {
  readonly compose: Extract<ComposeLab, { kind: "there" }>;
  readonly directory: string;
  readonly name: string;
  readonly files: readonly string[];
  readonly env: Readonly<Record<string, string>>;
};

/** Runs a command of Compose on a project; what it prints. Rejects with what it complained about. */
export async function compose(project: ComposeProject, args: readonly string[]): Promise<string> {
  const [program, ...rest] = project.compose.command;
  const files = project.files.flatMap((file) => ["-f", file]);
  const all = [...rest, "--project-directory", project.directory, "-p", project.name, ...files, ...args];
  // The classic builder is in every daemon; buildx is a plugin that may not be there.
  const env = { ...process.env, DOCKER_BUILDKIT: "0", ...project.env };
  const { stdout } = await run(program, all, { cwd: project.directory, env, maxBuffer: MAX_OUTPUT_BYTES });
  return stdout;
}
