import { codeOf, messageOf } from "../../domain/errors.ts";
import type { PodRequest } from "../../ports/clusters.ts";
import { signIn } from "../workload-memory/collect-metrics.ts";
import type { WorkloadSession } from "../workload-memory/session.ts";
import type { Credentials } from "./schema.ts";

export type SecretRead = {
  /** Absent: none is configured. */
  readonly seen?: NonNullable<Credentials["secret"]>;
  /** Whole ones only. For signing in and comparing, and for nothing else. */
  readonly basicAuth?: NonNullable<PodRequest["basicAuth"]>;
};

/** The Secret that is configured for the metrics of a program. That it is not there is an answer, not an error. */
export async function readSecret(session: WorkloadSession): Promise<SecretRead> {
  const name = session.app?.metrics?.basicAuth?.secret;
  if (name === undefined) return {};
  try {
    const basicAuth = await signIn(session);
    if (basicAuth === undefined || basicAuth.user === "" || basicAuth.password === "") return { seen: { name, state: "empty" } };
    return { seen: { name, state: "there" }, basicAuth };
  } catch (error) {
    const state = ANSWERS[codeOf(error)];
    if (state === undefined) throw error;
    return { seen: { name, state, because: messageOf(error) } };
  }
}

const ANSWERS: Readonly<Record<string, "missing" | "not-readable">> = { "not-found": "missing", "no-rights": "not-readable" };
