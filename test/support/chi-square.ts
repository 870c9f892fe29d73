// Pearson's chi-square test, for draws against an exact distribution.

/** Fewest draws expected in a class or pool: of fewer, the statistic is far from chi-square. */
const LEAST_EXPECTED = 20;

/**
 * The p-value of counts against probabilities. Neighbouring classes of small expectation are taken together; 1 where
 * one pool is left, 0 where a class of probability 0 was counted.
 */
export function chiSquareTest(counts: ArrayLike<number>, probabilities: ArrayLike<number>): number {
  let draws = 0;
  for (let i = 0; i < counts.length; i++) draws += counts[i] as number;
  const pools = pool(counts, probabilities, draws);
  if (pools === undefined) return 0;
  let statistic = 0;
  for (const { count, expected } of pools) statistic += (count - expected) ** 2 / expected;
  return chiSquareTail(statistic, pools.length - 1);
}

interface Pool {
  count: number;
  expected: number;
}

function pool(counts: ArrayLike<number>, probabilities: ArrayLike<number>, draws: number): Pool[] | undefined {
  const pools: Pool[] = [];
  let open: Pool = { count: 0, expected: 0 };
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i] as number;
    const expected = draws * (probabilities[i] as number);
    if (count > 0 && expected === 0) return undefined;
    open.count += count;
    open.expected += expected;
    if (open.expected < LEAST_EXPECTED) continue;
    pools.push(open);
    open = { count: 0, expected: 0 };
  }
  const last = pools.at(-1);
  if (last === undefined) return [open];
  last.count += open.count;
  last.expected += open.expected;
  return pools;
}

/** The probability that chi-square with so many degrees of freedom is `statistic` or more. */
export function chiSquareTail(statistic: number, degrees: number): number {
  return degrees === 0 ? 1 : upperGamma(degrees / 2, statistic / 2);
}

/** Q(a, x), the regularised upper incomplete gamma function: NIST DLMF 8.11.4 (as 1 - P) and 8.9.2. */
function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  return x < a + 1 ? 1 - front * lowerSeries(a, x) : front * upperFraction(a, x);
}

function lowerSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

/** Lentz's method for the continued fraction. */
function upperFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = Infinity;
  let d = 1 / b;
  let value = d;
  for (let n = 1; ; n++) {
    const factor = n * (a - n);
    b += 2;
    d = 1 / (factor * d + b);
    c = b + factor / c;
    const step = c * d;
    value *= step;
    if (Math.abs(step - 1) < 1e-15) return value;
  }
}

/** log gamma(a), a > 0: Stirling's series from 16 on, and the recurrence up to there. */
function logGamma(a: number): number {
  let product = 1;
  let z = a;
  while (z < 16) product *= z++;
  const w = 1 / (z * z);
  const series = (1 / 12 - w * (1 / 360 - w * (1 / 1260 - w * (1 / 1680 - w / 1188)))) / z;
  return (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series - Math.log(product);
}

/** How often each class of `columns` is among the draws. */
export function countOf(draws: ArrayLike<number>, columns: number): Float64Array {
  const counts = new Float64Array(columns);
  addCounts(draws, counts);
  return counts;
}

/** Adds the draws of each class; draws of no class are a RangeError. */
export function addCounts(draws: ArrayLike<number>, counts: Float64Array): void {
  for (let i = 0; i < draws.length; i++) {
    const draw = draws[i] as number;
    if (!(draw >= 0 && draw < counts.length)) throw new RangeError(`draw ${i}: ${draw} of ${counts.length} classes`);
    counts[draw] = (counts[draw] as number) + 1;
  }
}
