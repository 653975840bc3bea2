import type { PodPort } from "../../domain/workload.ts";

/** How to reach one examined Redis, as the configuration gives it. Secrets are in here: never log it. */
export type RedisConnectionSettings = {
  readonly name: string;
  readonly topology: RedisTopology;
  /** ACL user; absent: the default user. */
  readonly username?: string;
  readonly password?: string;
  /** Logical database that the URL names; else 0. */
  readonly database: number;
  readonly tls?: RedisTls;
  readonly connectTimeoutMs: number;
  readonly commandTimeoutMs: number;
  /** Other names that alerts use for it. */
  readonly aliases: readonly string[];
  readonly memoryLimitBytes?: number;
  readonly healthUrl?: string;
};

export type RedisTopology =
  | { readonly kind: "single"; readonly host: string; readonly port: number }
  | {
      readonly kind: "sentinel";
      readonly masterName: string;
      readonly sentinels: readonly HostPort[];
      readonly sentinelUsername?: string;
      readonly sentinelPassword?: string;
    }
  | { readonly kind: "cluster"; readonly seeds: readonly HostPort[] }
  /** One server inside a Kubernetes cluster. */
  | { readonly kind: "pod"; readonly at: PodPort };

export type HostPort = { readonly host: string; readonly port: number };

/** PEM texts. Holds for the servers with data and for the sentinels. */
export type RedisTls = {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly serverName?: string;
  /** False accepts any certificate: for tests only, and said so in the log. */
  readonly verify: boolean;
};
