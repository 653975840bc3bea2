import { messageOf, OomphError } from "../../domain/errors.ts";
import type { Json } from "../../domain/json.ts";
import { runInside } from "../workload-memory/collect-inside.ts";
import type { WorkloadSession } from "../workload-memory/session.ts";
import { readSecret, type SecretRead } from "./read-secret.ts";
import type { Credentials } from "./schema.ts";

// As exporters and middleware call the variables that their user and password come by.
const TELLING = /METRICS|PROMETHEUS|SCRAPE/i;
const OF_CREDENTIALS = /(?:USER(?:NAME)?|PASS(?:WORD)?|AUTH|TOKEN|SECRET|CRED(?:ENTIALS?)?)$/i;
// What is shorter may stand inside something else by chance.
const LONG_ENOUGH = 8;
const MOST_VARIABLES = 20;

/** Whether the Secret of the metrics endpoint is there, and whether the program was started with what is in it. */
export async function collectCredentials(session: WorkloadSession, signal: AbortSignal): Promise<Json> {
  if (session.app?.metrics === undefined) return { kind: "not-configured" };
  const secret = await readSecret(session);
  return { ...(secret.seen === undefined ? {} : { secret: secret.seen }), inside: await lookInside(session, secret, signal) };
}

async function lookInside(session: WorkloadSession, secret: SecretRead, signal: AbortSignal): Promise<Credentials["inside"]> {
  try {
    // The environment that its container was made with: a Secret that was changed since then is not in it.
    const { place, stdout } = await runInside(session, { script: "cat /proc/self/environ", args: [] }, signal);
    return { kind: "read", pod: place.pod, container: place.container, variables: [...compare(stdout, secret)] };
  } catch (error) {
    if (!(error instanceof OomphError)) throw error;
    return { kind: "not-read", because: messageOf(error) };
  }
}

type Variable = Extract<Credentials["inside"], { kind: "read" }>["variables"][number];

/** Variables that hold the credentials, by name or by what is in them. Values are compared and forgotten. Pure. */
export function compare(environment: string, { basicAuth }: SecretRead): readonly Variable[] {
  const variables = environment.split("\0").flatMap((line) => {
    const [, name, value] = /^([^=]{1,120})=(.*)$/s.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [{ name, value }];
  });
  const known = variables.flatMap(({ name, value }): Variable[] => {
    if (basicAuth !== undefined && holds(value, basicAuth)) return [{ name, state: "same" }];
    if (!TELLING.test(name) || !OF_CREDENTIALS.test(name)) return [];
    if (value === "") return [{ name, state: "empty" }];
    if (value === basicAuth?.user) return [{ name, state: "user" }];
    return [{ name, state: basicAuth === undefined ? "set" : "other" }];
  });
  // Kubelets give no order to them.
  return known.toSorted((left, right) => (left.name < right.name ? -1 : 1)).slice(0, MOST_VARIABLES);
}

/** Alone, or as `user:password`. */
function holds(value: string, { password }: NonNullable<SecretRead["basicAuth"]>): boolean {
  return value === password || (password.length >= LONG_ENOUGH && value.includes(password));
}
