import { incompleteBetaInverse } from "./incomplete-beta";

/**
 * Quantile of Student's t.
 *
 * @param probability - above 0.5 and below 1
 * @param degrees - of freedom, above 0
 */
export function studentQuantile(probability: number, degrees: number): number {
  // 2 (1 - probability) = I_x(degrees / 2, 1 / 2) at x = degrees / (degrees + t^2).
  const x = incompleteBetaInverse(2 * (1 - probability), degrees / 2, 0.5);
  return Math.sqrt((degrees * (1 - x)) / x);
}
