import { fitsPattern } from "../../domain/name-pattern.ts";

// What common client libraries and servers tell of memory, of what holds it and of collections.
const TELLING = [
  /^process_(?:resident_memory_bytes|open_fds|virtual_memory_bytes)$/,
  /^go_(?:goroutines|memstats_(?:heap_inuse|heap_alloc|heap_objects|sys|next_gc)(?:_bytes)?|gc_duration_seconds_count)$/,
  /^nodejs_(?:heap_size_(?:used|total)_bytes|external_memory_bytes|active_(?:handles|requests)_total|gc_duration_seconds_count)$/,
  /^jvm_(?:memory_(?:used_bytes|bytes_used|max_bytes|bytes_max)|gc_(?:pause|collection)_seconds_count|threads_(?:live|current)(?:_threads)?)$/,
  /^python_gc_(?:objects_collected|collections|objects_uncollectable)_total$/,
  /^django_(?:memory|gc|python|objects?)_\w{1,80}$/,
  /^\w{0,60}(?:connections?|streams?|subscriptions?|sessions?)_(?:active|open|current|in_use)\w{0,20}$/,
  /^\w{0,60}(?:active|open|current)_(?:connections?|streams?|sessions?|clients?)\w{0,20}$/,
  /^\w{0,60}(?:commands?|jobs?|tasks?|requests?)_(?:active|running|in_flight|in_progress)\w{0,20}$/,
  /^\w{0,60}cache_(?:entries|items|size|bytes|objects)\w{0,20}$/,
];

/** Counts of objects that live. */
export const OBJECTS =
  /^(?:django_(?:memory|gc|python|objects?)_(?!collections|growth_events|\w{0,80}bytes)\w{1,80}|python_gc_objects_uncollectable_total|go_memstats_heap_objects)$/;
/** Counters of garbage collections. */
export const COLLECTIONS = /(?:gc_(?:duration|pause|collection)_seconds_count|(?:python|django)_gc_collections_total)$/;
/** Counters of memory that grew, as a program counts that itself. */
export const GROWTH_EVENTS = /(?:memory_growth|memory_leak|leak)_events?_total$/;

/** Which metrics of a program are read: those that the configuration names, and those that commonly tell of memory. Pure. */
export function isWanted(configured: readonly string[], name: string): boolean {
  return configured.some((pattern) => fitsPattern(pattern, name)) || TELLING.some((pattern) => pattern.test(name));
}

/** The configured first. Pure. */
export function byImportance(configured: readonly string[]) {
  const rank = (name: string): number => {
    const at = configured.findIndex((pattern) => fitsPattern(pattern, name));
    return at === -1 ? configured.length : at;
  };
  return (left: { readonly name: string }, right: { readonly name: string }): number => rank(left.name) - rank(right.name);
}
