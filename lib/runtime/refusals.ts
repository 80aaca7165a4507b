/** Thrown when something the command checked does not hold. `name` says which check, so that a refusal can be told from any other. */
export class RefusedError extends Error {
  public constructor(
    /** Stable name of the check in kebab-case, for example `policy-digest-not-accepted`. */
    public readonly check: string,
    message: string,
    /** What the user can do about it. */
    public readonly remedy: string,
  ) {
    super(message);
    this.name = "RefusedError";
  }
}

/** Thrown when the figures decide neither way. */
export class UndecidedError extends Error {
  public constructor(
    message: string,
    public readonly remedy: string,
  ) {
    super(message);
    this.name = "UndecidedError";
  }
}

/** Thrown when a server, program, package or secret that is needed is missing or does not answer. */
export class BrokenEnvironmentError extends Error {
  public constructor(
    message: string,
    public readonly remedy: string,
  ) {
    super(message);
    this.name = "BrokenEnvironmentError";
  }
}
