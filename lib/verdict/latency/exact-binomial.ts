import { incompleteBeta, incompleteBetaInverse } from "./incomplete-beta";

/**
 * The exact interval of a proportion (Clopper & Pearson 1934): each end leaves at most half of 1 - level beyond it, for every
 * true proportion. Neither number has to be whole: with an effective sample size this is the interval of Korn & Graubard.
 *
 * @param trials - independent ones, above 0
 * @param level - two-sided, for example 0.95
 */
export function clopperPearson(
  successes: number,
  trials: number,
  level: number,
): { readonly lower: number; readonly upper: number } {
  const tail = (1 - level) / 2;
  return {
    lower: successes <= 0 ? 0 : incompleteBetaInverse(tail, successes, trials - successes + 1),
    upper: successes >= trials ? 1 : incompleteBetaInverse(1 - tail, successes + 1, trials - successes),
  };
}

/** The chance of at least so many successes. */
export function atLeastSuccesses(successes: number, trials: number, proportion: number): number {
  return successes <= 0 ? 1 : incompleteBeta(proportion, successes, trials - successes + 1);
}

/** The chance of at most so many successes. */
export function atMostSuccesses(successes: number, trials: number, proportion: number): number {
  return successes >= trials ? 1 : incompleteBeta(1 - proportion, trials - successes, successes + 1);
}
