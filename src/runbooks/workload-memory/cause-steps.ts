import type { Finding } from "../../domain/finding.ts";
import type { Verdict } from "./make-finding.ts";

const STEPS: Readonly<Partial<Record<Verdict, readonly string[]>>> = {
  "connection-leak": [
    'See which clients keep their streams: `kubectl logs` of it for "SSE connection".',
    "Let the ingress end idle ones: `/oom run k8s.annotate-ingress` with nginx.ingress.kubernetes.io/proxy-read-timeout=1800, 30 minutes at most.",
  ],
  "unclosed-connections": ["Look for connections and files that are opened in a request and not closed when it fails; bound the pool."],
  "large-outputs": ['Bound what one command may put out; look for one that runs away: count "output line" by command.'],
  "too-many-at-once": ["Bound how many commands or requests may be under way at once."],
  "object-growth": ["Look for circular references and for lists that requests append to; compare two snapshots (tracemalloc, heap)."],
  "gc-pressure": ["Give its heap more room before tuning how it collects; see what it makes so many short-lived objects for."],
};

/** What to look at for the causes that are suspected, the likelier first. Pure. */
export function stepsForCauses(hypotheses: readonly Finding[]): readonly string[] {
  return hypotheses.flatMap(({ verdict }) => (isVerdict(verdict) ? (STEPS[verdict] ?? []) : []));
}

function isVerdict(verdict: string): verdict is Verdict {
  return Object.hasOwn(STEPS, verdict);
}
