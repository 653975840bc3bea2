import { codeOf, type ErrorCode } from "../../domain/errors.ts";
import { given } from "../../domain/given.ts";
import type { KubernetesCallName } from "./calls.ts";
import { scopesOf } from "./namespaces.ts";
import { getIn, type Asking } from "./objects.ts";
import { METADATA_ONLY, pagesOf } from "./pages.ts";
import { controllerOf } from "./read-metadata.ts";
import { OwnedBy } from "./schema.ts";

export type Place = { readonly namespace: string; readonly name: string };

/** What controls something; undefined where nothing does, or where that may not be asked. */
export type Controller = { readonly kind: string; readonly name: string } | undefined;

export type Controllers = {
  of(place: Place): Promise<Controller>;
  /** To be told before many are asked for. */
  expect(places: readonly Place[]): Promise<void>;
};

export type Calls = { readonly one: KubernetesCallName; readonly many: KubernetesCallName };

// From so many on a list is quicker, although it brings what rollouts before have left as well.
const MANY = 10;
// A name and its owner are some 200 bytes.
const MOST_KEPT = 20_000;
// What a list did not bring is asked for one by one, and not by another list.
const LISTED_AGAIN_MS = 30_000;
// What may be missing without standing in the way: the name says much.
const PASSABLE: readonly ErrorCode[] = ["not-found", "no-rights"];

/** What controls ReplicaSets, or Jobs. It does not change, and is asked once: one by one, or by a list where many are wanted. */
export function createControllers(asking: Asking, calls: Calls): Controllers {
  const known = new Map<string, Controller>();
  const asked = new Map<string, Promise<Controller>>();
  let listing: { readonly atMs: number; readonly done: Promise<void> } | undefined;

  async function ask(place: Place): Promise<Controller> {
    try {
      const controller = await fetchOne(asking, calls.one, place);
      if (known.size >= MOST_KEPT) known.clear();
      known.set(keyOf(place), controller);
      return controller;
    } finally {
      asked.delete(keyOf(place)); // one that failed is asked again the next time
    }
  }

  async function listAll(): Promise<void> {
    known.clear(); // of those before many are gone
    for (const namespace of scopesOf(asking.client.settings.namespaces)) {
      for await (const page of pagesIn(asking, calls.many, namespace)) {
        for (const { place, controller } of page) known.set(keyOf(place), controller);
        if (known.size >= MOST_KEPT) return;
      }
    }
  }

  return {
    async of(place) {
      const key = keyOf(place);
      if (known.has(key)) return known.get(key);
      const answer = asked.get(key) ?? ask(place);
      asked.set(key, answer);
      return answer;
    },
    async expect(places) {
      const unknown = new Set(places.map(keyOf).filter((key) => !known.has(key)));
      if (unknown.size < MANY) return;
      if (listing === undefined || Date.now() - listing.atMs >= LISTED_AGAIN_MS) listing = { atMs: Date.now(), done: listAll() };
      try {
        await listing.done;
      } catch (error) {
        if (PASSABLE.includes(codeOf(error))) return;
        listing = undefined;
        throw error;
      }
    },
  };
}

function keyOf({ namespace, name }: Place): string {
  return `${namespace}/${name}`;
}

type Found = { readonly place: Place; readonly controller: Controller };

async function* pagesIn(
  { client, discovery }: Asking,
  call: KubernetesCallName,
  namespace: string | undefined,
): AsyncGenerator<readonly Found[]> {
  const version = await discovery.versionFor(call);
  for await (const { items } of pagesOf(client, { call, accept: METADATA_ONLY, ...given({ namespace, version }) }))
    yield items.flatMap((item): readonly Found[] => {
      const { namespace: within, name, ownerReferences = [] } = OwnedBy.safeParse(item).data?.metadata ?? {};
      if (within === undefined || name === undefined) return [];
      return [{ place: { namespace: within, name }, controller: slim(controllerOf({ ownerReferences })) }];
    });
}

async function fetchOne(asking: Asking, call: KubernetesCallName, place: Place): Promise<Controller> {
  try {
    return slim(controllerOf(OwnedBy.safeParse(await getIn(asking, { call, ...place })).data?.metadata));
  } catch (error) {
    if (PASSABLE.includes(codeOf(error))) return undefined;
    throw error;
  }
}

/** Thousands are kept. */
function slim(controller: Controller): Controller {
  return controller && { kind: controller.kind, name: controller.name };
}
