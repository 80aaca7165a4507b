/**
 * The regularized incomplete beta function I_x(a, b): the distribution function of Beta(a, b), and with it those of the
 * binomial and of Student's t. Continued fraction by Lentz's method (Press et al., Numerical Recipes, section 6.4).
 *
 * @param a - above 0, need not be whole
 * @param b - above 0, need not be whole
 */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges quickly below the mean; above it the other tail is computed.
  return x <= (a + 1) / (a + b + 2) ? lowerTail(x, 1 - x, a, b) : 1 - lowerTail(1 - x, x, b, a);
}

/** The x with I_x(a, b) = probability: Newton's steps, by halving where one leads out of what is still possible. */
export function incompleteBetaInverse(probability: number, a: number, b: number): number {
  let low = 0;
  let high = 1;
  let x = a / (a + b);
  for (let step = 0; step < 200 && x > low && x < high; step++) {
    const excess = incompleteBeta(x, a, b) - probability;
    if (excess < 0) low = x;
    else high = x;
    const density = Math.exp((a - 1) * Math.log(x) + (b - 1) * Math.log1p(-x) - logBeta(a, b));
    const next = x - excess / density;
    if (Math.abs(next - x) <= 1e-15 * x) return next;
    x = next > low && next < high ? next : (low + high) / 2;
  }
  return x;
}

/** `complement` is 1 - x, given by the caller because a small one would be lost in the subtraction. */
function lowerTail(x: number, complement: number, a: number, b: number): number {
  const front = Math.exp(a * Math.log(x) + b * Math.log(complement) - logBeta(a, b)) / a;
  return front === 0 ? 0 : front * continuedFraction(x, a, b);
}

function continuedFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const awayFromZero = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  // As many steps as the root of the parameters, and some: a million requests take about a thousand.
  const most = 200 + 5 * Math.ceil(Math.sqrt(a + b));
  for (let step = 1; step <= most; step++) {
    const even = (step * (b - step) * x) / ((a + 2 * step - 1) * (a + 2 * step));
    d = 1 / awayFromZero(1 + even * d);
    c = awayFromZero(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + step) * (a + b + step) * x) / ((a + 2 * step) * (a + 2 * step + 1));
    d = 1 / awayFromZero(1 + odd * d);
    c = awayFromZero(1 + odd / c);
    const change = d * c;
    fraction *= change;
    if (Math.abs(change - 1) < 1e-15) break;
  }
  return fraction;
}

function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}

/** Stirling's series, after moving small arguments up to where it is exact to the last digits. */
function logGamma(value: number): number {
  let shift = 0;
  let x = value;
  while (x < 15) {
    shift += Math.log(x);
    x += 1;
  }
  const square = 1 / (x * x);
  const series = (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188)))) / x;
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series - shift;
}
