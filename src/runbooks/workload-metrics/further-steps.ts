import type { Finding } from "../../domain/finding.ts";
import type { Verdict } from "./make-finding.ts";
import type { Picture } from "./picture.ts";

const SECRET_OF_BOTH =
  "User and password of the program and of Prometheus' scrape job (`basic_auth`) have to be the same: change both, then look again.";

const STEPS: Readonly<Partial<Record<Verdict, readonly string[]>>> = {
  "secret-missing": [
    "Create the Secret with both keys in the namespace of the pods, from where Secrets are kept. A restart before that changes nothing.",
    "Pods read it when they start: roll them out anew afterwards (`/oom run rollout-restart`).",
  ],
  "secret-changed": [SECRET_OF_BOTH],
  "credentials-missing": [
    "Give the template the variables from the Secret (`env.valueFrom.secretKeyRef`) where the workload is deployed from. A restart alone changes nothing.",
  ],
  "endpoint-unconfigured": [
    "See whether the program's own user and password are set: `kubectl exec` and `printenv`, or the template's `env`. A restart alone changes nothing.",
  ],
  "wrong-credentials": [`See which user and password the program goes by, and where it has them from. ${SECRET_OF_BOTH}`],
  "pod-not-ready": ["See why it is not up: `/oom investigate` of the same target looks at its ends, its memory and its logs."],
  "not-listening": ["See on which port the program listens, and which one the Service, the annotations and `kubernetes.apps` name."],
  "wrong-path": ["See at which path the program serves its metrics, and mend `kubernetes.apps`, the scrape job or the program's settings."],
  "not-metrics": ["See at which path the program serves its metrics: a page to sign in, or a front end, answers 200 as well."],
  "endpoint-fails": ["Read the program's log of the moment in which its metrics are asked for."],
  "middleware-not-loaded": [
    "See the program's settings: the middleware in its list and in the right order, what switches it on, and its sample rate.",
  ],
  "scrape-refused": [
    `See \`basic_auth\` of the scrape job, or the Secret that the ServiceMonitor names. ${SECRET_OF_BOTH} The pods need no restart.`,
  ],
  "target-down": ["See network policies, the Service and the port between Prometheus and the pods; its page of targets has the error."],
  "not-scraped": [
    "See the scrape job or the ServiceMonitor: its namespaces, its selector, and the annotations prometheus.io/scrape, /port and /path.",
  ],
  "not-protected": [
    "See whether the middleware that asks for user and password is loaded, and for this path: metrics tell about users and load.",
  ],
};

/** What people must do themselves. Pure. */
export function furtherStepsFor({ verdict }: Finding, picture: Picture): readonly string[] {
  return [...(isVerdict(verdict) ? (STEPS[verdict] ?? []) : []), ...toConfigure(picture, verdict), ...rightsToGrant(picture)];
}

function toConfigure({ endpoint, credentials, prometheus }: Picture, verdict: string): readonly string[] {
  if (verdict === "healthy") return [];
  const isKnown = endpoint !== undefined || credentials !== undefined;
  return [
    ...(isKnown
      ? []
      : ["So that Oomph can ask next time: `kubernetes.apps.<namespace>/<name>.metrics` in oomph.yaml, with port, path and secret."]),
    ...(isKnown && credentials?.value.secret === undefined
      ? ["Name the Secret of its user and password (`kubernetes.apps.<namespace>/<name>.metrics.secret`), if it has any."]
      : []),
    ...(prometheus === undefined ? ["So that Oomph sees whether it is scraped: `prometheus.url` in oomph.yaml."] : []),
  ];
}

function rightsToGrant({ gaps }: Picture): readonly string[] {
  const lacking = [...new Set(gaps.filter(({ code }) => code === "no-rights").map(({ because }) => because))];
  return lacking.map((because) => `So that Oomph sees more next time: ${because}`);
}

function isVerdict(verdict: string): verdict is Verdict {
  return Object.hasOwn(STEPS, verdict);
}
