import type { HeldOutRule } from "./pipeline-document";

/** Which rows training never sees, so that the gate can judge by them. */
export class HeldOut {
  /**
   * A share of the contract's group keys, drawn by a seed: all rows of one key are on the same side.
   *
   * @param fraction - share of the keys, above 0 and below 1
   */
  public static fraction(fraction: number, options: HeldOutOptions = {}): HeldOut {
    return new HeldOut({ fraction, from: null, seed: options.seed ?? 1 });
  }

  /**
   * The rows of the drawn keys from a point in time on: training sees neither those keys nor that time.
   *
   * @param time - first held-out value of the contract's time column
   */
  public static from(time: string | number, options: HeldOutFromOptions = {}): HeldOut {
    return new HeldOut({ fraction: options.fraction ?? 0.2, from: time, seed: options.seed ?? 1 });
  }

  private constructor(public readonly document: HeldOutRule) {}
}

/** How keys are drawn. */
export interface HeldOutOptions {
  /**
   * Whole number from which the draw follows; the same seed draws the same keys on any machine.
   * @default 1
   */
  readonly seed?: number;
}

/** How keys are drawn beside a time. */
export interface HeldOutFromOptions extends HeldOutOptions {
  /**
   * Share of the contract's group keys, between 0 and 1.
   * @default 0.2
   */
  readonly fraction?: number;
}
