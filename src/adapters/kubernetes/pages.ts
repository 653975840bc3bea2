import { OomphError } from "../../domain/errors.ts";
import { given } from "../../domain/given.ts";
import { TooLarge, type KubernetesClient } from "./client.ts";
import { Expired } from "./refusals.ts";
import type { KubernetesRequest } from "./request.ts";
import { ListAnswer } from "./schema.ts";

/** Entries of a list as they came, unread, and the version of the whole. */
export type Page = { readonly items: readonly unknown[]; readonly resourceVersion: string };

// Metadata alone: a tenth of what the objects take. Servers since 1.15 do this.
export const METADATA_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";

// Of pods in production a megabyte or two.
const PAGE_SIZE = 250;
// One that is larger is asked for in smaller ones: what a namespace's owner writes into pods must not keep anybody from seeing them.
const MAX_PAGE_BYTES = 16 * 2 ** 20;
const SMALLER = 4;

export type PageOptions = {
  /** Absent: 250. */
  readonly pageSize?: number | undefined;
  /** All pages of one moment, or none: throws `Expired` when that is too long ago. */
  readonly consistent?: boolean;
};

/**
 * A list, page by page. Always from the server's store, not its cache (`resourceVersion=0`): from there it ignores the
 * limit and sends all at once. When a page's token has become too old (410), the list goes on with what is there now;
 * when a page is too large, it is asked for in smaller ones.
 */
export async function* pagesOf(
  client: KubernetesClient,
  request: KubernetesRequest,
  { pageSize = PAGE_SIZE, consistent = false }: PageOptions = {},
): AsyncGenerator<Page> {
  let token: string | undefined;
  let limit = pageSize;
  for (;;) {
    const query = { ...request.query, limit: String(limit), ...given({ continue: token }) };
    const maxBytes = limit === 1 || request.query?.["resourceVersion"] === "0" ? undefined : MAX_PAGE_BYTES;
    const answer = await pageOrWhyNot(client, { ...request, query, ...given({ maxBytes }) });
    if (answer instanceof TooLarge) {
      limit = Math.max(1, Math.floor(limit / SMALLER));
      continue;
    }
    if (answer instanceof Expired) {
      if (answer.continueToken === undefined || consistent) throw answer;
      token = answer.continueToken;
      continue;
    }
    yield { items: answer.items, resourceVersion: answer.resourceVersion };
    if (answer.token === undefined) return;
    token = answer.token;
  }
}

async function pageOrWhyNot(
  client: KubernetesClient,
  request: KubernetesRequest,
): Promise<ReturnType<typeof readPage> | TooLarge | Expired> {
  try {
    return readPage(await client.json(request), client);
  } catch (error) {
    if (error instanceof Expired || (error instanceof TooLarge && request.maxBytes !== undefined)) return error;
    throw error;
  }
}

/** All entries of a list that is short by its nature. */
export async function listAll(client: KubernetesClient, request: KubernetesRequest): Promise<readonly unknown[]> {
  const all: unknown[] = [];
  for await (const { items } of pagesOf(client, request)) all.push(...items);
  return all;
}

/** One answer to a list. Throws `refused` for what is none. */
export function readPage(answer: unknown, client: KubernetesClient): Page & { readonly token: string | undefined } {
  const read = ListAnswer.safeParse(answer);
  if (!read.success)
    throw new OomphError("refused", `Cluster ${client.settings.name} answered with something else than a list. Is this an API server?`);
  const { items, metadata } = read.data;
  return { items: items ?? [], resourceVersion: metadata?.resourceVersion ?? "", token: metadata?.continue || undefined };
}
