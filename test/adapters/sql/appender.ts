// Run as a process of its own: appends to the audit until it is killed, printing the number of each committed entry.
import { openStore } from "../../../src/adapters/sql/open-store.ts";

const [path = ""] = process.argv.slice(2);
const store = await openStore({ kind: "sqlite", path, busyTimeoutMs: 1000 });
for (;;) {
  const { seq } = await store.audit.append({ kind: "run-begun", actor: { kind: "oomph" }, atMs: 0, detail: {} });
  await new Promise((resolve) => process.stdout.write(`${seq}\n`, resolve));
}
