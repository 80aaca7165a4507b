import { join } from "node:path";
import { spawnSync } from "node:child_process";
import type { DecisionRule } from "../../../lib/blueprint/policy/policy-document";

/** Held-out rows as the oracle reads them, and the resamples to compute every figure on. */
export interface OracleCase {
  readonly task: "classification" | "regression";
  readonly label: readonly number[];
  readonly score: readonly number[];
  readonly group: readonly number[];
  readonly cluster: readonly number[];
  readonly decision: DecisionRule;
  readonly confidence: number;
  /** How often each cluster was drawn, for each resample. */
  readonly counts: readonly (readonly number[])[];
}

export interface OracleAnswer {
  readonly estimates: Readonly<Record<string, number | null>>;
  readonly replicates: readonly Readonly<Record<string, number | null>>[];
  readonly intervals: Readonly<Record<string, readonly [number, number] | null>>;
}

export interface Proportion {
  readonly successes: number;
  readonly trials: number;
  readonly confidence: number;
}

/** Asks scikit-learn, fairlearn and numpy, through `oracle.py`. */
export function askAboutRows(python: string, rows: readonly OracleCase[]): readonly OracleAnswer[] {
  return (ask(python, { rows }) as { rows: readonly OracleAnswer[] }).rows;
}

/** Wilson intervals by scipy: lower and upper end. */
export function askAboutProportions(
  python: string,
  proportions: readonly Proportion[],
): readonly (readonly [number, number])[] {
  return (ask(python, { proportions }) as { proportions: readonly (readonly [number, number])[] }).proportions;
}

function ask(python: string, request: object): unknown {
  const result = spawnSync(python, [join(__dirname, "oracle.py")], {
    input: JSON.stringify(request),
    encoding: "utf8",
    maxBuffer: 256 * 1024 * 1024,
  });
  if (result.status !== 0) throw new Error(`oracle.py ended with ${String(result.status)}:\n${result.stderr}`);
  return JSON.parse(result.stdout);
}
