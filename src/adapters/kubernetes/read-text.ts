import { readFile } from "node:fs/promises";
import { codeIn } from "../connection/exchange.ts";
import { OomphError } from "../../domain/errors.ts";

/** A file's text. Throws `bad-input` where there is none and `no-rights` where it may not be read; `what` begins the sentence. */
export async function readText(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = codeIn(error);
    if (code === "EACCES" || code === "EPERM")
      throw new OomphError("no-rights", `${what} ${path} may not be read by this user. Let Oomph's user read it.`, { cause: error });
    const why = code === "ENOENT" || code === "ENOTDIR" ? "there is none" : `it cannot be read (${code})`;
    throw new OomphError("bad-input", `${what} is expected at ${path}: ${why}.`, { cause: error });
  }
}
