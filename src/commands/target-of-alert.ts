import type { Target } from "../domain/target.ts";
import type { TargetList } from "../ports/planner.ts";

export type AlertTarget =
  | { readonly kind: "found"; readonly target: Target }
  | { readonly kind: "unsure"; readonly targets: readonly Target[] };

/**
 * Which configured target an alert means. Names count whole, in the forms in which senders write them: with a port, as
 * a DNS name, as a pod of a StatefulSet. The first name that fits decides; two targets that it fits are nobody's guess.
 */
export function targetOfAlert(names: readonly string[], list: TargetList): AlertTarget {
  const byName = indexOf(list);
  for (const name of names) {
    const port = /(?<=:)\d{1,5}(?=(?:\/\d{0,5})?[.,:;]*$)/.exec(name.trim())?.[0];
    const fitting = formsOf(name)
      .map((form) => (byName.get(form) ?? []).filter((target) => !listensElsewhere(target, { host: form, port, byName })))
      .find((found) => found.length > 0);
    const [only, ...others] = fitting ?? [];
    if (only !== undefined && others.length === 0) return { kind: "found", target: only };
    if (fitting !== undefined) return { kind: "unsure", targets: fitting };
  }
  return { kind: "unsure", targets: list.known.map(({ target }) => target) };
}

type Named = { readonly host: string; readonly port: string | undefined; readonly byName: ReadonlyMap<string, readonly Target[]> };

/** On this very host, at another port: that is another server, unless it is the exporter's own port that was named. */
function listensElsewhere(target: Target, { host, port, byName }: Named): boolean {
  if (port === undefined || port === EXPORTER_PORT || host.endsWith(`:${port}`)) return false;
  if (byName.get(`${host}:${port}`)?.includes(target) === true) return false;
  return [...byName].some(
    ([name, targets]) => name.startsWith(`${host}:`) && /^\d+$/.test(name.slice(host.length + 1)) && targets.includes(target),
  );
}

// Where Prometheus scrapes redis_exporter, beside its Redis.
const EXPORTER_PORT = "9121";

function indexOf({ known }: TargetList): ReadonlyMap<string, readonly Target[]> {
  const index = new Map<string, readonly Target[]>();
  for (const { target, aliases } of known) {
    const names = new Set([target.name, `${target.kind}/${target.name}`, ...aliases].map((name) => name.toLowerCase()));
    for (const name of names) index.set(name, [...(index.get(name) ?? []), target]);
  }
  return index;
}

/** `redis://redis-sessions-0.redis-sessions.prod.svc:6379`, the same without scheme, without port, `redis-sessions-0`, `redis-sessions`, `sessions`. */
function formsOf(name: string): readonly string[] {
  const whole = name
    .trim()
    .toLowerCase()
    .replace(/[.,:;]+$/, "")
    .slice(0, 253);
  const address = whole.replace(/^redis[s]?:\/\/(?:[^@/]*@)?/, "").replace(/(?<=:\d{1,5})\/\d{0,5}$/, "");
  const host = address.replace(/:\d{1,5}$/, "");
  const label = /^\d+(?:\.\d+){3}$/.test(host) ? host : (host.split(".")[0] ?? host);
  const owner = label.replace(/-\d{1,4}$/, "");
  return [...new Set([whole, address, host, label, owner, owner.replace(/^redis-/, ""), owner.replace(/-redis$/, "")])].filter(
    (form) => form !== "",
  );
}
