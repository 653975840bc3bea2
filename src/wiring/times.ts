import { DELIVERY_TIMES } from "../jobs/deliver.ts";
import { PATIENCE } from "../jobs/look-surely.ts";

/** Times that nobody has needed to configure. */
export const TIMES = {
  /** How long an answer about the members of a user group holds. */
  groupsMs: 60_000,
  healthTimeoutMs: 5_000,
  /** A page of Oomph's own, whose checks take up to 2 s each, side by side. */
  pageMs: 5_000,
  chartMs: 20_000,
  /** The look at the start begins within this time, and counts keys for as long as that on each Redis. */
  firstLook: { withinMs: 10_000, againMs: 10 * 60_000 },
  glanceCensusMs: 200,
  /** A large heap profile takes a busy machine some seconds to read. */
  heapMs: 60_000,
  inspectorMs: 10_000,
  /** A container that ends sooner than this was not started. */
  settleMs: 3_000,
  /** A rollout is looked at so often; what stands in its way for so long stays, and longer than this none is waited for. */
  rollout: { everyMs: 2_000, stuckMs: 60_000, longestMs: 15 * 60_000 },
  /** An act learns within this time that it was frozen or its lease released. */
  leaseLookMs: 2_000,
  jobs: {
    progressEveryMs: 1_000,
    actProgressEveryMs: 3_000,
    // Putting one back that is on its way changes nothing: this only spares the queue the asking.
    investigationGraceMs: 10_000,
    patience: PATIENCE,
    times: DELIVERY_TIMES,
  },
} as const;
