/** One thing wrong with what a user wrote: where, what stands there, and what to write instead. */
export interface Problem {
  /** Property path as the user wrote it, for example `policy.accuracy[0].limit` or `environments[1].reviewers`. */
  readonly path: string;
  /** The offending value, as it was given. */
  readonly value: unknown;
  /** What is wrong with it, as a clause: "is not between 0 and 1". */
  readonly says: string;
  /** What to do about it, as a sentence. */
  readonly remedy: string;
}

/** Thrown once for everything that is wrong with one input; its message lists every problem. */
export class InvalidInputError extends Error {
  public constructor(
    /** What was being read, for example `MlPipeline "insurance-risk"` or `contract contracts/claims.odcs.yaml`. */
    public readonly subject: string,
    public readonly problems: readonly Problem[],
  ) {
    super(
      [
        `${subject}: ${problems.length} problem${problems.length === 1 ? "" : "s"}`,
        ...problems.map(describeProblem),
      ].join("\n"),
    );
    this.name = "InvalidInputError";
    // The message says it all: when nobody catches the error, Node must not print every problem a second time.
    for (const property of ["name", "subject", "problems"]) {
      Object.defineProperty(this, property, { enumerable: false });
    }
  }
}

/** Collects problems so that a user sees all of them at once. */
export class Problems {
  private readonly found: Problem[] = [];

  public add(path: string, value: unknown, says: string, remedy: string): void {
    this.found.push({ path, value, says, remedy });
  }

  /** Takes over problems found elsewhere, below the given path. */
  public addAll(problems: readonly Problem[], below = ""): void {
    for (const problem of problems) {
      this.found.push({ ...problem, path: joinPath(below, problem.path) });
    }
  }

  public get list(): readonly Problem[] {
    return this.found;
  }

  /** @throws InvalidInputError when anything was added */
  public throwIfAny(subject: string): void {
    if (this.found.length > 0) throw new InvalidInputError(subject, this.found);
  }
}

/** `path value: says. remedy` in one line, values shortened so that a long text never hides the remedy. */
export function describeProblem(problem: Problem): string {
  return `  - ${problem.path}: ${showValue(problem.value)} ${problem.says}. ${problem.remedy}`;
}

function showValue(value: unknown): string {
  if (value === undefined) return "(missing)";
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  const text = (JSON.stringify(value) as string | undefined) ?? typeof value;
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

function joinPath(parent: string, child: string): string {
  if (parent === "" || child === "") return parent + child;
  return child.startsWith("[") ? parent + child : `${parent}.${child}`;
}
