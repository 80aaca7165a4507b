import type { Interval } from "../gate-verdict";

/**
 * The score interval of a proportion (Wilson 1927). It has a width even where nobody, or everybody, was counted.
 *
 * @param trials - independent ones, at least 1; neither number has to be whole
 */
export function wilsonInterval(successes: number, trials: number, level: number): Interval {
  const z = normalQuantile(1 - (1 - level) / 2);
  const rate = successes / trials;
  const centre = rate + z ** 2 / (2 * trials);
  const half = z * Math.sqrt((rate * (1 - rate)) / trials + z ** 2 / (4 * trials ** 2));
  const scale = 1 + z ** 2 / trials;
  return {
    lower: Math.max(0, (centre - half) / scale),
    upper: Math.min(1, (centre + half) / scale),
    level,
    method: `Wilson, ${trials} independent units`,
  };
}

/** Wichura's algorithm AS 241 (Applied Statistics 37, 1988), for probabilities from 0.5 to 1 - 1e-11. */
export function normalQuantile(probability: number): number {
  const fromCentre = probability - 0.5;
  if (fromCentre <= 0.425) {
    const r = 0.180625 - fromCentre ** 2;
    return (fromCentre * polynomial(central.numerator, r)) / polynomial(central.denominator, r);
  }
  const r = Math.sqrt(-Math.log(1 - probability)) - 1.6;
  return polynomial(tail.numerator, r) / polynomial(tail.denominator, r);
}

/** Coefficients from the constant up. */
function polynomial(coefficients: readonly number[], at: number): number {
  return coefficients.reduceRight((sum, coefficient) => sum * at + coefficient, 0);
}

const central = {
  numerator: [
    3.387132872796366608, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
    4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3,
  ],
  denominator: [
    1, 4.2313330701600911252e1, 6.871870074920579083e2, 5.3941960214247511077e3, 2.1213794301586595867e4,
    3.930789580009271061e4, 2.8729085735721942674e4, 5.226495278852854561e3,
  ],
};

const tail = {
  numerator: [
    1.42343711074968357734, 4.6303378461565452959, 5.7694972214606914055, 3.64784832476320460504,
    1.27045825245236838258, 2.4178072517745061177e-1, 2.27238449892691845833e-2, 7.7454501427834140764e-4,
  ],
  denominator: [
    1, 2.05319162663775882187, 1.6763848301838038494, 6.8976733498510000455e-1, 1.4810397642748007459e-1,
    1.51986665636164571966e-2, 5.475938084995344946e-4, 1.05075007164441684324e-9,
  ],
};
