import type { Clock } from "../../ports/clock.ts";
import type { HttpCheck } from "../../ports/http-check.ts";
import type { KeyValueServers } from "../../ports/key-value-server.ts";
import type { VerificationSettings } from "../watch-until-steady.ts";

/** What the actions on a Redis work with. */
export type RedisActionDeps = {
  readonly servers: KeyValueServers;
  readonly httpCheck: HttpCheck;
  readonly clock: Clock;
  /**
   * `run_id` (INFO server) of every Redis that Oomph itself runs on. An address proves nothing: names and forwarded ports
   * move. When this throws or gives none, every action is refused.
   */
  readonly ownRedis: () => Promise<readonly string[]>;
  readonly verification: VerificationSettings;
  /** How long a plan may count keys; what was not reached by then is estimated. */
  readonly countWithinMs: number;
};
