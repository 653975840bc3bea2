import { unwrapLine } from "./unwrap-line.ts";

// Where a log is without any prefix: words that only kernels write.
const KERNEL_WORDS =
  /page allocation failure|^\s*Mem-Info:|^\s*Call Trace:|^Hardware name: |\boom_score_adj\b|lowmemorykiller|\bTainted: |^Linux version |segfault at [0-9a-f]|^RIP: |SLUB: Unable/;

const LINES = 200;
const SHARE = 0.5;

/** Is this a log of a kernel or of a host's services, whatever it tells? The beginning of it is enough. */
export function looksLikeSystemLog(beginning: string): boolean {
  const lines = beginning
    .split("\n", LINES * 2)
    .filter((line) => line.trim() !== "")
    .slice(0, LINES);
  const logged = lines.filter(isLogged).length;
  return logged > 0 && (logged >= lines.length * SHARE || lines.some((line) => KERNEL_WORDS.test(line)));
}

function isLogged(line: string): boolean {
  if (KERNEL_WORDS.test(line) || /^\s*"?(?:MESSAGE|_TRANSPORT|__REALTIME_TIMESTAMP)"?\s*[=:]/.test(line)) return true;
  return unwrapLine(line, "").some(
    ({ writer, time }) => writer !== null && (writer === "kernel" || time.loggedAt !== null || time.atMs !== null),
  );
}
