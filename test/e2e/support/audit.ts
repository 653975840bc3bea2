import { join } from "node:path";
import Libsql from "libsql";
import type { Scene } from "./scene.ts";

/** Kinds of the audit's entries about a request, oldest first, read from the file past Oomph. */
export function auditOf(scene: Pick<Scene, "directory">, requestId: string): readonly string[] {
  const file = new Libsql(join(scene.directory, "oomph.sqlite"), { readonly: true });
  try {
    const rows = file.prepare("select kind from audit where request_id = ? order by seq").all(requestId) as { kind: string }[];
    return rows.map(({ kind }) => kind);
  } finally {
    file.close();
  }
}
