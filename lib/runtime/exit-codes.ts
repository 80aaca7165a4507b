/** What the command's exit code says. Documented for users in docs/guides/command.md. */
export const ExitCode = {
  /** The command did its work; a gate passed. */
  passed: 0,
  /** A defect of Slipway itself; the only case that prints a stack trace. */
  internalError: 1,
  /** Wrong arguments, or a file of the user's that cannot be used as it stands. */
  badInput: 2,
  /** A limit of the policy or contract was broken, or evidence does not hold: nothing goes on. */
  refused: 3,
  /** The figures decide neither way; a person has to. */
  undecided: 4,
  /** Something the command needs is missing or unreachable: a server, a program, a package, a secret. */
  brokenEnvironment: 5,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
