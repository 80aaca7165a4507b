import { canonicalText } from "../../blueprint/manifest/canonical-text";
import type { Statement } from "../../verdict/evidence/statement";
import { RefusedError } from "../refusals";

/** A statement's payload bytes. */
export function statementBytes(statement: Statement<string, unknown>): Buffer {
  return Buffer.from(canonicalText(statement), "utf8");
}

/**
 * Reads a verified payload as a statement of the given type.
 *
 * @throws RefusedError `not-a-statement` when it is something else
 */
export function readStatement<Type extends string, Predicate>(payload: Buffer, type: Type): Statement<Type, Predicate> {
  let value: Partial<Statement<string, unknown>> | null;
  try {
    value = JSON.parse(payload.toString("utf8")) as typeof value;
  } catch {
    value = null;
  }
  if (
    value?._type === "https://in-toto.io/Statement/v1" &&
    value.predicateType === type &&
    Array.isArray(value.subject)
  ) {
    return value as Statement<Type, Predicate>;
  }
  throw new RefusedError(
    "not-a-statement",
    `a signed payload is no in-toto statement of type ${type}`,
    "Use the file as the gate or the promotion wrote it.",
  );
}
