/** What the command line ends with. `docs/cli.md` says the same to people. */
export const EXIT = {
  ok: 0,
  /** `audit verify`: the chain is broken. `investigate --exit-code`: there is a problem. */
  found: 1,
  /** Unknown command, option or action, a target or text that is not understood, an invalid configuration. */
  badInput: 2,
  /** `redis flush` would not: a foreign host, too many keys. `plan`: the action refuses. */
  refused: 3,
  /** What was asked about could not be reached or read, or no verdict could be come to. */
  failed: 4,
  /** A mistake in Oomph itself. */
  internal: 70,
} as const;

export type ExitCode = number;

export const EXIT_CODE_HELP = `Exit codes:
  0   done
  1   audit verify: the chain is broken; investigate --exit-code: there is a problem
  2   unknown command, option, action, target or text; invalid configuration
  3   redis flush refused: not this machine, or too many keys; plan: the action refuses
  4   could not be reached or read, or the evidence decides nothing
  70  a mistake in Oomph itself`;
