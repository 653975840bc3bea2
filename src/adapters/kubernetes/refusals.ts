import { OomphError, type ErrorCode } from "../../domain/errors.ts";
import { given } from "../../domain/given.ts";
import { describeAsked, quoted, type Asked } from "./asked.ts";
import { resourceOf } from "./calls.ts";
import { Status } from "./schema.ts";

/** An answer that is none: its HTTP status and what it says. */
export type Refusal = {
  readonly status: number;
  readonly says: string;
  /** The API server's own words, and not those of something in front of or behind it. */
  readonly isStatus: boolean;
  /** The object that it is about; absent where the path itself is not served. */
  readonly name?: string;
  readonly retryAfterMs?: number;
  /** With 410 for a list: where it goes on, if one does not mind that it is not of one moment any more. */
  readonly continueToken?: string;
};

/** 410: what was asked to be gone on with is too old. A list begins anew, or goes on with the token. */
export class Expired extends OomphError {
  readonly continueToken: string | undefined;

  constructor(message: string, continueToken: string | undefined) {
    super("conflict", message, { retryable: true });
    this.continueToken = continueToken;
  }
}

/** Reads the body of an answer that is none; proxies in front answer with pages. */
export function readRefusal(status: number, body: string, retryAfter: string | undefined): Refusal {
  const read = Status.safeParse(parse(body));
  const said: Partial<Status> = read.success ? read.data : {};
  const seconds = Number(retryAfter ?? said.details?.retryAfterSeconds ?? Number.NaN);
  return {
    status,
    says: oneLine(said.message ?? body),
    isStatus: read.success,
    ...given({
      name: said.details?.name,
      retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : undefined,
      continueToken: said.metadata?.continue,
    }),
  };
}

/** The one place where an API server's words are read. */
export function explainRefusal(refusal: Refusal, asked: Asked): OomphError {
  if (refusal.status === 410) {
    const says = `${asked.cluster} does not know any more what it answered before to ${describeAsked(asked)}. It is asked anew.`;
    return new Expired(says, refusal.continueToken);
  }
  const { code, says, retryable = false } = byWords(refusal, asked) ?? byStatus(refusal, asked);
  return new OomphError(code, `${asked.cluster} ${says}`, {
    retryable,
    cause: new Error(`${refusal.status}: ${refusal.says}`),
    ...given({ retryAfterMs: refusal.retryAfterMs }),
  });
}

type Meaning = { readonly code: ErrorCode; readonly says: string; readonly retryable?: boolean };

function byWords({ status, says }: Refusal, asked: Asked): Meaning | undefined {
  if (status === 403) return forbidden(says, asked);
  if (/error trying to reach service/i.test(says)) return { code: "unreachable", says: `cannot ${describeAsked(asked)}${words(says)}` };
  if (
    /^(container|pod) not found \(/.test(says) ||
    (/waiting to start|is terminated|container not found|not running/i.test(says) && status < 500)
  )
    return { code: "not-running", says: `cannot ${describeAsked(asked)}${words(says)}` };
  if (/previous terminated container .* not found/i.test(says))
    return { code: "not-found", says: `has no log of a life before${words(says)}` };
  if (/is not valid for pod|container .* not found in pod/i.test(says))
    return { code: "not-found", says: `has no such container${words(says)}` };
  if (status === 429 && /disruption budget/i.test(says)) return { code: "refused", says: `keeps to a disruption budget${words(says)}` };
  return undefined;
}

const FORBIDDEN =
  /User "(?<user>.+?)" cannot (?<verb>\w+) (?:resource "(?<resource>[^"]+)"|path "(?<path>[^"]+)")(?: in API group "(?<group>[^"]*)")?(?: in the namespace "(?<namespace>[^"]*)")?/;

/** A right that is missing, named; or something else that stands in the way, which is also told as 403. */
function forbidden(says: string, asked: Asked): Meaning {
  const found = FORBIDDEN.exec(says)?.groups;
  if (found === undefined && /quota|admission|violates|denied the request/i.test(says))
    return { code: "refused", says: `refused to ${describeAsked(asked)}${words(says)}` };
  const { user, verb, resource, path, group = "", namespace } = found ?? {};
  if (verb === undefined) {
    const named = asked.call === undefined ? asked.path : resourceOf(asked.call);
    return { code: "no-rights", says: `does not allow to ${describeAsked(asked)}. Let the role of Oomph do that (${named})${words(says)}` };
  }
  const what = resource === undefined ? (path ?? "") : `${resource}${group === "" ? "" : `.${group}`}`;
  const where = namespace === undefined ? " in all namespaces" : ` in namespace ${quoted(namespace)}`;
  const place = isWithoutNamespace(resource, asked) ? "" : where;
  return {
    code: "no-rights",
    says: `does not let ${quoted(user ?? "")} ${verb} ${what}${place}. Give it a role with the verb ${verb} on ${what}${place}.`,
  };
}

function isWithoutNamespace(resource: string | undefined, { namespace }: Asked): boolean {
  return resource === undefined || (namespace === undefined && /^(nodes|namespaces|users|groups|serviceaccounts)(\/|$)/.test(resource));
}

function byStatus({ status, says, name }: Refusal, asked: Asked): Meaning {
  if (status === 401) return { code: "wrong-credentials", says: `does not take the credentials for ${describeAsked(asked)}${words(says)}` };
  if (status === 404 && name !== undefined) {
    const where = asked.namespace === undefined ? "" : ` in namespace ${quoted(asked.namespace)}`;
    const kind = asked.call === undefined ? "object" : resourceOf(asked.call).replace(/^([a-z]+)s(?=[./]|$)(\/[a-z]+)?/, "$1");
    return { code: "not-found", says: `has no ${kind} ${quoted(name)}${where}. It may have been deleted or renamed.` };
  }
  if (status === 404)
    return { code: "not-found", says: `does not know ${describeAsked(asked)}${words(says)} Is this address an API server's?` };
  if (status === 409) return { code: "conflict", says: `did not ${describeAsked(asked)}: it has changed meanwhile${words(says)}` };
  if (status === 400 || status === 413) return { code: "bad-input", says: `did not accept to ${describeAsked(asked)}${words(says)}` };
  if (status === 429)
    return { code: "rate-limited", retryable: true, says: `has too much to do to ${describeAsked(asked)} now${words(says)}` };
  if (status === 502 || status === 503 || status === 504)
    return {
      code: "unreachable",
      retryable: true,
      says: `is not ready to ${describeAsked(asked)} (${status})${words(says)} It may be starting.`,
    };
  if (status >= 300 && status < 400)
    return { code: "unreachable", says: `answered with a redirection (${status}). Configure the address of the API server itself.` };
  return { code: "refused", retryable: status >= 500, says: `could not ${describeAsked(asked)} (${status})${words(says)}` };
}

function words(says: string): string {
  if (says === "") return ".";
  return `: ${says}${/[.!?]$/.test(says) ? "" : "."}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // a proxy's page
  }
}

function oneLine(text: string): string {
  return text
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim()
    .slice(0, 500);
}
