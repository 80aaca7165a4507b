import { InvalidInputError } from "../../blueprint/problems";
import { ExitCode } from "../exit-codes";
import { BrokenEnvironmentError, RefusedError, UndecidedError } from "../refusals";
import { markdownText } from "./markdown";

/** How a command ended that did not end by itself. */
export interface Failure {
  readonly exitCode: ExitCode;
  readonly outcome: "bad-input" | "refused" | "undecided" | "broken-environment" | "internal-error";
  /** For people: what is wrong and what to do. */
  readonly text: string;
  readonly markdown: string;
  /** For `--json`. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** Turns what was thrown into exit code and words. Only a defect of Slipway's own shows a stack trace. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof InvalidInputError) {
    return failure(ExitCode.badInput, "bad-input", error.message, null, {
      subject: error.subject,
      problems: error.problems,
    });
  }
  if (error instanceof RefusedError) {
    const text = `refused (${error.check}): ${error.message}`;
    return failure(ExitCode.refused, "refused", text, error.remedy, { check: error.check, message: error.message });
  }
  if (error instanceof UndecidedError) {
    return failure(ExitCode.undecided, "undecided", `undecided: ${error.message}`, error.remedy, {
      message: error.message,
    });
  }
  if (error instanceof BrokenEnvironmentError) {
    return failure(ExitCode.brokenEnvironment, "broken-environment", error.message, error.remedy, {
      message: error.message,
    });
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return failure(ExitCode.internalError, "internal-error", `internal error, please report it\n${text}`, null, {
    message: text,
  });
}

function failure(
  exitCode: ExitCode,
  outcome: Failure["outcome"],
  says: string,
  remedy: string | null,
  details: Readonly<Record<string, unknown>>,
): Failure {
  const lines = [...says.split("\n"), ...(remedy === null ? [] : [remedy])];
  return {
    exitCode,
    outcome,
    text: lines.join("\n"),
    markdown: lines.map(markdownText).join("  \n"),
    details: remedy === null ? details : { ...details, remedy },
  };
}
