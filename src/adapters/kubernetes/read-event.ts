import { given } from "../../domain/given.ts";
import type { ClusterEvent } from "../../domain/workload.ts";
import { timeOf } from "./read-metadata.ts";
import { Event } from "./schema.ts";

/** An event of `v1` or `events.k8s.io`, or as much of one as there is. Something that is no object reads as one that says nothing. */
export function readEvent(value: unknown): ClusterEvent {
  const read = Event.safeParse(value);
  const event: Partial<Event> = read.success ? read.data : {};
  const about = event.involvedObject ?? event.regarding;
  const container = /^spec\.\w+\{(.+)\}$/.exec(about?.fieldPath ?? "")?.[1];
  const source = event.source ?? event.deprecatedSource;
  return {
    uid: event.metadata?.uid ?? "",
    type: event.type ?? "Normal",
    reason: event.reason ?? "",
    message: event.message ?? event.note ?? "",
    about: {
      kind: about?.kind ?? "",
      name: about?.name ?? "",
      namespace: about?.namespace ?? "",
      ...given({ uid: about?.uid, container }),
    },
    count: event.series?.count ?? event.count ?? event.deprecatedCount ?? 1,
    ...given({
      ...times(event),
      source: named(source?.component) ?? named(event.reportingComponent) ?? named(event.reportingController),
    }),
  };
}

/** The older fields are null in events of the newer kind, and the other way round. */
function times(event: Partial<Event>): { readonly firstAtMs: number | undefined; readonly lastAtMs: number | undefined } {
  const firstAtMs =
    timeOf(event.firstTimestamp) ??
    timeOf(event.deprecatedFirstTimestamp) ??
    timeOf(event.eventTime) ??
    timeOf(event.metadata?.creationTimestamp);
  const lastAtMs =
    timeOf(event.series?.lastObservedTime) ?? timeOf(event.lastTimestamp) ?? timeOf(event.deprecatedLastTimestamp) ?? firstAtMs;
  return { firstAtMs, lastAtMs };
}

function named(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
