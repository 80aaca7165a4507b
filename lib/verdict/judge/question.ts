import type { GatePolicy } from "../../blueprint/policy/policy-document";
import type { Finding } from "../gate-verdict";
import type { HeldOutRows } from "../held-out-rows";
import type { Figures, Resampled } from "../resampling/cluster-bootstrap";

/** A threshold of the policy turned into figures to compute and what to conclude from them. */
export interface Question {
  /** Computed on the rows as they are and on every resample. */
  readonly figures: Figures;
  /** @param resampled - one entry per figure, in their order */
  conclude(resampled: readonly Resampled[]): readonly Finding[];
}

/** What questions are asked about. */
export interface Case {
  readonly policy: GatePolicy;
  readonly rows: HeldOutRows;
  /** Numbers the training script reported, by metric name. */
  readonly declared: Readonly<Record<string, number>>;
  /** Whether it is known, from promotion records, that nothing was ever in production. */
  readonly firstModel: boolean;
}

/** A question whose answer needs no figures. */
export function answered(...findings: readonly Finding[]): Question {
  return { figures: () => [], conclude: () => findings };
}
