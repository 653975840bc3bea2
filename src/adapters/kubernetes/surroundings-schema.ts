import { z } from "zod";
import { labelSelector, list, podTemplate, text } from "./schema.ts";

// What guards or moves a workload, its history, and what leads to its pods. Each field by itself, as in schema.ts.

const count = z.number().optional().catch(undefined);
const quantities = z.record(z.string(), z.coerce.string()).default({}).catch({});
const intOrText = z.union([z.number(), z.string()]).optional().catch(undefined);
const named = z.object({ name: text }).optional().catch(undefined);
const metadata = z.object({ name: text }).optional().catch(undefined);

/** `averageUtilization`: in percent of what pods request. */
const ofResource = z
  .object({ name: text, target: z.object({ averageUtilization: count }).optional().catch(undefined) })
  .optional()
  .catch(undefined);

/** `autoscaling/v2` and `v2beta2`. */
export const Autoscaler = z.object({
  metadata,
  spec: z
    .object({
      scaleTargetRef: z.object({ kind: text, name: text }).optional().catch(undefined),
      minReplicas: count,
      maxReplicas: count,
      metrics: list(
        z.object({
          type: text,
          resource: ofResource,
          containerResource: ofResource,
          pods: z.object({ metric: named }).optional().catch(undefined),
          object: z.object({ metric: named }).optional().catch(undefined),
          external: z.object({ metric: named }).optional().catch(undefined),
        }),
      ),
    })
    .optional()
    .catch(undefined),
  status: z.object({ currentReplicas: count }).optional().catch(undefined),
});
export type Autoscaler = z.infer<typeof Autoscaler>;

export const Budget = z.object({
  metadata,
  spec: z.object({ minAvailable: intOrText, maxUnavailable: intOrText, selector: labelSelector }).optional().catch(undefined),
  status: z.object({ disruptionsAllowed: count }).optional().catch(undefined),
});
export type Budget = z.infer<typeof Budget>;

export const Quota = z.object({
  metadata,
  status: z.object({ hard: quantities, used: quantities }).optional().catch(undefined),
});

export type Quota = z.infer<typeof Quota>;

export const LimitRange = z.object({
  metadata,
  spec: z
    .object({ limits: list(z.object({ type: text, max: quantities, default: quantities })) })
    .optional()
    .catch(undefined),
});

export type LimitRange = z.infer<typeof LimitRange>;

export const ControllerRevision = z.object({
  revision: count,
  data: z
    .object({ spec: z.object({ template: podTemplate }).optional().catch(undefined) })
    .optional()
    .catch(undefined),
});

export const Secret = z.object({ data: z.record(z.string(), z.string()).default({}).catch({}) });

const texts = list(z.string());

export const Service = z.object({
  metadata,
  spec: z
    .object({
      ports: list(z.object({ name: text, port: count, nodePort: count, targetPort: intOrText })),
      selector: z.record(z.string(), z.string()).optional().catch(undefined),
      clusterIP: text,
      clusterIPs: texts,
      externalIPs: texts,
    })
    .optional()
    .catch(undefined),
  status: z
    .object({
      loadBalancer: z
        .object({ ingress: list(z.object({ ip: text, hostname: text })) })
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
});
export type Service = z.infer<typeof Service>;

/** A pod, by how it is reached. */
export const ReachedPod = z.object({
  metadata: z.object({ name: z.string(), uid: z.string() }),
  spec: z
    .object({
      hostNetwork: z.boolean().optional().catch(undefined),
      containers: list(z.object({ ports: list(z.object({ containerPort: count, hostPort: count })) })),
    })
    .optional()
    .catch(undefined),
  status: z
    .object({ podIP: text, podIPs: list(z.object({ ip: text })), hostIP: text })
    .optional()
    .catch(undefined),
});
export type ReachedPod = z.infer<typeof ReachedPod>;

export const Endpoints = z.object({
  subsets: list(
    z.object({
      addresses: list(z.object({ targetRef: z.object({ kind: text, name: text }).optional().catch(undefined) })),
      ports: list(z.object({ name: text, port: count })),
    }),
  ),
});
