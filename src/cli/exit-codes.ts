/** What the command line ends with. `docs/cli.md` says the same to people. */
export const EXIT = {
  ok: 0,
  /** `audit verify`: the chain is broken. `investigate --exit-code`: there is a problem. */
  found: 1,
  /** Unknown command, option or action, a target or text that is not understood, an invalid configuration. */
  badInput: 2,
  /** `redis flush` would not: a foreign host, too many keys. `plan`, `run`: the action or a rule refuses. */
  refused: 3,
  /** What was asked about could not be reached or read, or no verdict could be come to. */
  failed: 4,
  /** A request ended without anything being done: how, for `run` and `follow`. */
  denied: 10,
  expired: 11,
  superseded: 12,
  cancelled: 13,
  /** It was approved, and did not do what it is for. */
  ineffective: 20,
  notDone: 21,
  unknown: 22,
  /** A mistake in Oomph itself. */
  internal: 70,
  /** By Ctrl-C or SIGTERM, while following a request, which goes on. */
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = number;

export const EXIT_CODE_HELP = `Exit codes:
  0   done
  1   audit verify: the chain is broken; investigate --exit-code: there is a problem
  2   unknown command, option, action, target or text; invalid configuration
  3   redis flush refused: not this machine, too many keys, or the queue of an Oomph; plan, run: the action or a rule refuses
  4   could not be reached or read, or the evidence decides nothing
  10  run: denied; 11 expired; 12 superseded; 13 cancelled: nothing was done
  20  run: done, and it did not help; 21 failed; 22 nobody knows: look at the target
  70  a mistake in Oomph itself`;
