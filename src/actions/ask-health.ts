import type { HttpCheck } from "../ports/http-check.ts";
import type { Health } from "./stored-schema.ts";
import type { VerificationSettings } from "./watch-until-steady.ts";

export type HealthDeps = { readonly httpCheck: HttpCheck; readonly verification: VerificationSettings };

/** Asks a health URL once; an answer of 200 to 299 is well. */
export async function askHealth({ httpCheck, verification }: HealthDeps, url: string): Promise<Health> {
  const { host, pathname } = new URL(url);
  const where = `${host}${pathname}`;
  const answer = await httpCheck(url, verification.healthTimeoutMs);
  if (answer.kind === "no-answer") return { where, ok: false, says: `no answer: ${answer.because}` };
  return { where, ok: answer.status >= 200 && answer.status < 300, says: String(answer.status) };
}
