import { OomphError } from "../../domain/errors.ts";
import { given } from "../../domain/given.ts";
import type { KubernetesClient } from "./client.ts";
import { Expired } from "./refusals.ts";
import type { KubernetesRequest } from "./request.ts";
import { ListAnswer } from "./schema.ts";

/** Entries of a list as they came, unread, and the version of the whole. */
export type Page = { readonly items: readonly unknown[]; readonly resourceVersion: string };

// Metadata alone: a tenth of what the objects take. Servers since 1.15 do this.
export const METADATA_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";

// Of pods in production a megabyte or two.
const PAGE_SIZE = 250;

export type PageOptions = {
  /** Absent: 250. */
  readonly pageSize?: number | undefined;
  /** All pages of one moment, or none: throws `Expired` when that is too long ago. */
  readonly consistent?: boolean;
};

/**
 * A list, page by page. Always from the server's store, not its cache (`resourceVersion=0`): from there it ignores the
 * limit and sends all at once. When a page's token has become too old (410), the list goes on with what is there now.
 */
export async function* pagesOf(
  client: KubernetesClient,
  request: KubernetesRequest,
  { pageSize = PAGE_SIZE, consistent = false }: PageOptions = {},
): AsyncGenerator<Page> {
  let token: string | undefined;
  do {
    const query = { ...request.query, limit: String(pageSize), ...given({ continue: token }) };
    try {
      const page = readPage(await client.json({ ...request, query }), client);
      yield { items: page.items, resourceVersion: page.resourceVersion };
      token = page.token;
    } catch (error) {
      if (!(error instanceof Expired) || error.continueToken === undefined || consistent) throw error;
      token = error.continueToken;
    }
  } while (token !== undefined);
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
