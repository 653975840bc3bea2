import { appendFileSync } from "node:fs";

/**
 * Notes that a real system took part in a test run: one JSON line `{system, version}` in the file that OOMPH_TEST_LEDGER
 * names. Without that variable nothing is noted.
 */
export function noteRealSystem(
  system: "redis" | "postgres" | "docker" | "kubernetes" | "chromium" | "slack-emulator",
  version: string,
): void {
  const ledger = process.env["OOMPH_TEST_LEDGER"];
  if (ledger === undefined || ledger === "") return;
  appendFileSync(ledger, `${JSON.stringify({ system, version })}\n`);
}
