import type { ModelSignature, SignatureColumn } from "../../blueprint/serving/model-signature";

/** What clients see of a model: its signature, whether it decides, and the version they were written for. */
export interface ModelInterface {
  /** Raised by people when present clients have to change. */
  readonly version: number;
  /** `null` when the model states none. */
  readonly signature: ModelSignature | null;
  /** `null` when the model gives scores only. */
  readonly decisionThreshold: number | null;
}

/**
 * Types that a model may ask for where clients were told another: MLflow converts these, and only these, without loss when it enforces
 * a signature (mlflow.models.utils, `_enforce_mlflow_datatype`).
 */
const ALSO_TAKEN: Readonly<Record<string, readonly string[]>> = {
  integer: ["long", "double"],
  float: ["double"],
};

/**
 * Everything by which clients of one model break on another, as clauses; nothing where they go on as they are. What a model takes may
 * become less demanding and what it gives may become more, never the other way round.
 */
export function breakingChanges(from: ModelInterface, to: ModelInterface): readonly string[] {
  return [
    ...(from.signature === null ? [] : signatureChanges(from.signature, to.signature)),
    ...(from.decisionThreshold !== null && to.decisionThreshold === null
      ? ["it no longer answers with decisions"]
      : []),
  ];
}

function signatureChanges(from: ModelSignature, to: ModelSignature | null): readonly string[] {
  if (to === null) return ["it states no signature, and the present model does"];
  return [...inputChanges(from.inputs, to.inputs), ...outputChanges(from.outputs, to.outputs)];
}

/** Columns that clients send and nobody asks for any more are ignored by the server, so leaving one out breaks nothing. */
function inputChanges(from: readonly SignatureColumn[], to: readonly SignatureColumn[]): readonly string[] {
  return matched(from, to).flatMap(({ before, after }) => {
    if (after === undefined) return [];
    if (before === undefined) return after.required ? [`it asks for the new input ${named(after)}`] : [];
    const found: string[] = [];
    if (!takes(after.type, before.type)) {
      found.push(`its input ${named(after)} is ${after.type}, clients send ${before.type}`);
    }
    if (after.required && !before.required) found.push(`its input ${named(after)} may no longer be left out`);
    return found;
  });
}

function outputChanges(from: readonly SignatureColumn[], to: readonly SignatureColumn[]): readonly string[] {
  return matched(from, to).flatMap(({ before, after }) => {
    // Clients read by name, so a further named output disturbs nobody; unnamed ones are read by their place.
    if (before === undefined) return after!.name === null ? ["it gives a further unnamed output"] : [];
    if (after === undefined) return [`it no longer gives ${named(before)}`];
    return after.type === before.type
      ? []
      : [`its output ${named(after)} is ${after.type}, clients read ${before.type}`];
  });
}

function takes(asked: string, sent: string): boolean {
  return asked === sent || (ALSO_TAKEN[sent] ?? []).includes(asked);
}

interface Match {
  readonly before: SignatureColumn | undefined;
  readonly after: SignatureColumn | undefined;
}

/** By name; columns without one by their place among those without one. */
function matched(from: readonly SignatureColumn[], to: readonly SignatureColumn[]): readonly Match[] {
  const [before, after] = [byKey(from), byKey(to)];
  const keys = [...new Set([...before.keys(), ...after.keys()])];
  return keys.map((key) => ({ before: before.get(key), after: after.get(key) }));
}

function byKey(columns: readonly SignatureColumn[]): ReadonlyMap<string, SignatureColumn> {
  let unnamed = 0;
  return new Map(
    columns.map((column) => [column.name === null ? `[${unnamed++}]` : `name ${column.name}`, column] as const),
  );
}

function named({ name }: SignatureColumn): string {
  return name === null ? "(unnamed)" : JSON.stringify(name);
}
