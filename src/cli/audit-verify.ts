import { existsSync } from "node:fs";
import { openStore } from "../adapters/sql/open-store.ts";
import type { StoreConfig } from "../config/build.ts";
import { OomphError } from "../domain/errors.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { requireConfig, withFile } from "./load-config.ts";

const CONNECT_TIMEOUT_MS = 5000;

/** `oomph audit verify`. */
export async function auditVerify({ head, config }: { readonly head?: string; readonly config?: string }, io: Io): Promise<ExitCode> {
  if (head !== undefined && !/^[0-9a-f]{64}$/.test(head)) {
    throw new OomphError("bad-input", `--head expected a hash of 64 hexadecimal digits, got ${JSON.stringify(head)}`);
  }
  const { store: settings } = requireConfig(withFile(await io.sources(), config));
  refuseMissingFile(settings);
  const store = await openStore(settings.kind === "sqlite" ? settings : { ...settings, poolSize: 1, connectTimeoutMs: CONNECT_TIMEOUT_MS });
  try {
    const result = await store.audit.verify(head);
    if (result.kind === "broken") {
      io.err(`oomph: the audit trail is broken at entry ${result.atSeq}: ${result.because}\n`);
      return EXIT.found;
    }
    const entries = `${result.entries} ${result.entries === 1 ? "entry" : "entries"}`;
    io.out(
      `The audit trail is intact: ${entries}.\nHead: ${result.head}\nKeep it elsewhere: "oomph audit verify --head <that hash>" shows later that nothing was cut off the end.\n`,
    );
    return EXIT.ok;
  } finally {
    await store.close();
  }
}

/** Opening would make an empty one, and an empty trail is intact. */
function refuseMissingFile(settings: StoreConfig): void {
  if (settings.kind === "postgres" || existsSync(settings.path)) return;
  throw new OomphError(
    "bad-input",
    `expected Oomph's database at ${settings.path}, there is none. Run this where Oomph runs, or set OOMPH_SQLITE_PATH or DATABASE_URL.`,
  );
}
