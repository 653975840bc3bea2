import { readFile, realpath, stat } from "node:fs/promises";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import { isMasked, maskSecrets, maskVariable } from "../../domain/mask-secrets.ts";
import type { CodeHost } from "../../ports/code-host.ts";
import type { ComposeContainer, ComposeChange, ComposeEdit, ComposeFiles, ComposeProposal } from "../../ports/compose-files.ts";
import { editComposeFile, hasService } from "./edit-file.ts";
import { ComposeLabels } from "./schema.ts";
import type { ComposeSettings } from "./settings.ts";

// More is no Compose file.
const MOST_BYTES = 2 * 2 ** 20;
const ANSWER_WITHIN_MS = 20_000;

/** Compose files by the paths that the configuration allows, or from a repository by way of its code host. */
export function createComposeFiles(
  settings: readonly ComposeSettings[],
  codeHostOf: (repository: string) => CodeHost | undefined,
): ComposeFiles {
  return {
    async propose({ connection, labels }: ComposeContainer, change: ComposeChange): Promise<ComposeProposal> {
      const made = ComposeLabels.safeParse(labels);
      if (!made.success) return { kind: "none" };
      const service = made.data["com.docker.compose.service"];
      const folder = made.data["com.docker.compose.project.working_dir"];
      const files = made.data["com.docker.compose.project.config_files"].split(",").map((file) => resolve(folder, file.trim()));
      const rules = settings.find((one) => one.connection === connection);
      const read = await Promise.all(files.map((file) => readSource(file, rules, codeHostOf)));
      const unread = read.find((one) => one.kind === "not-read");
      if (unread?.kind === "not-read") return { kind: "by-hand", because: unread.because };
      const holding = read.flatMap((one) => (one.kind === "read" && hasService(one.text, service) ? [one] : []));
      const [source, ...others] = holding;
      if (source === undefined)
        return { kind: "by-hand", because: `no service ${service} is in ${files.join(", ")} any more: change the file that has it now.` };
      if (others.length > 0)
        return {
          kind: "by-hand",
          because: `service ${service} is put together from ${holding.map(({ file }) => file).join(", ")}: change the one that says it last.`,
        };
      return edit(source, service, change);
    },
  };
}

type Source =
  | { readonly kind: "read"; readonly file: string; readonly text: string; readonly repository?: ComposeEdit["repository"] }
  | { readonly kind: "not-read"; readonly because: string };

async function readSource(
  file: string,
  rules: ComposeSettings | undefined,
  codeHostOf: (repository: string) => CodeHost | undefined,
): Promise<Source> {
  const inside = rules?.checkout === undefined ? undefined : within(rules.checkout, file);
  const host = rules?.repository === undefined ? undefined : codeHostOf(rules.repository);
  // What is merged is what counts: a file beside it may have been changed by hand.
  if (rules?.repository !== undefined && inside !== undefined && host !== undefined) {
    const path = inside.split(sep).join("/");
    const found = await host.readFile({ path, branch: rules.branch }, AbortSignal.timeout(ANSWER_WITHIN_MS));
    if (found === undefined)
      return {
        kind: "not-read",
        because: `${path} is not in ${rules.repository} (branch ${rules.branch}): change ${file} where it is kept.`,
      };
    return textOf({ file: path, content: found.content, repository: { name: rules.repository, branch: rules.branch, path } });
  }
  if (rules === undefined || !(await isAllowed(file, rules.paths))) {
    return {
      kind: "not-read",
      because: `Oomph may not read ${file}: change it by hand, or allow it under docker.connections.<name>.compose.paths.`,
    };
  }
  try {
    if ((await stat(file)).size > MOST_BYTES)
      return { kind: "not-read", because: `${file} is larger than a Compose file is: change it by hand.` };
    return textOf({ file, content: await readFile(file) });
  } catch {
    return { kind: "not-read", because: `${file} cannot be read from here: change it on the host that has it.` };
  }
}

type Content = { readonly file: string; readonly content: Uint8Array; readonly repository?: ComposeEdit["repository"] };

function textOf({ file, content, repository }: Content): Source {
  try {
    // A byte order mark is a part of what must stay.
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
    return { kind: "read", file, text, ...(repository === undefined ? {} : { repository }) };
  } catch {
    return { kind: "not-read", because: `${file} is not UTF-8 text: change it by hand.` };
  }
}

/** Is it one of these files, or in one of these folders, wherever links lead? */
async function isAllowed(file: string, allowed: readonly string[]): Promise<boolean> {
  const real = async (path: string): Promise<string | undefined> => realpath(path).catch(() => undefined);
  const target = await real(file);
  if (target === undefined) return allowed.some((path) => path === file || within(path, file) !== undefined); // then reading it says why not
  const places = await Promise.all(allowed.map(real));
  return places.some((place) => place !== undefined && (place === target || within(place, target) !== undefined));
}

/** The way from a folder to what is in it; undefined: it is not. */
function within(folder: string, file: string): string | undefined {
  const way = relative(folder, file);
  return way === "" || way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way) ? undefined : way;
}

function edit(source: Extract<Source, { kind: "read" }>, service: string, change: ComposeChange): ComposeProposal {
  const { file, text, repository } = source;
  const edited = editComposeFile(text, service, change);
  if (edited.kind === "same") return { kind: "same", file };
  if (edited.kind === "by-hand") return { kind: "by-hand", because: `${file} cannot be changed by Oomph: ${edited.because}` };
  const bytes = new TextEncoder();
  const secret = holdsSecrets(text);
  const name = file.replace(/^\//, "");
  return {
    kind: "edit",
    file,
    service,
    before: bytes.encode(text),
    content: bytes.encode(edited.text),
    diff: createTwoFilesPatch(`a/${name}`, `b/${name}`, text, edited.text, undefined, undefined, {
      context: secret ? 0 : 3,
      headerOptions: FILE_HEADERS_ONLY,
    }),
    holdsSecrets: secret,
    ...(repository === undefined ? {} : { repository }),
  };
}

/** Does a line of it give a secret, and not just the variable that has it? */
function holdsSecrets(text: string): boolean {
  return text.split("\n").some((line) => {
    const [, name = "", value = ""] = /^\s*(?:-\s*)?["']?([A-Za-z_][\w.-]*)["']?\s*[:=]\s*(\S.*)$/.exec(line) ?? [];
    if (/^["']?\$\{?\w+(?:[:?-][^}]*)?\}?["']?\s*$/.test(value)) return false;
    return isMasked(name === "" ? maskSecrets(line) : maskVariable(name, value));
  });
}
