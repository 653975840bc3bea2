import { appendFileSync } from "node:fs";

/** An emulator is no real system; that it took the place of one is told all the same. */
export type SystemName =
  | "redis"
  | "postgres"
  | "docker"
  | "compose"
  | "nginx"
  | "kubernetes"
  | "prometheus"
  | "alertmanager"
  | "chromium"
  | "slack-emulator"
  | "github-emulator";

/**
 * Notes that a real system took part in a test run: one JSON line `{system, version}` in the file that OOMPH_TEST_LEDGER
 * names. Without that variable nothing is noted.
 */
export function noteRealSystem(system: SystemName, version: string): void {
  note({ system, version });
}

/** Notes why a real system could not take part. */
export function noteAbsentSystem(system: SystemName, because: string): void {
  note({ system, because });
}

function note(line: Readonly<Record<string, string>>): void {
  const ledger = process.env["OOMPH_TEST_LEDGER"];
  if (ledger === undefined || ledger === "") return;
  appendFileSync(ledger, `${JSON.stringify(line)}\n`);
}
