/** By how many standard errors the share of `draws` independent draws is away from the probability. */
export function standardErrors(share: number, probability: number, draws: number): number {
  const error = Math.abs(share - probability);
  return error === 0 ? 0 : error / Math.sqrt((probability * (1 - probability)) / draws);
}

/**
 * Pearson's χ² of counts against their probabilities, as a share of the value that it exceeds once in a million (by Wilson
 * and Hilferty's approximation). The rarest classes count together, at least five draws being expected of each group.
 */
export function chiSquareShare(counts: ArrayLike<number>, probabilities: ArrayLike<number>): number {
  const draws = Array.from(counts).reduce((sum, count) => sum + count, 0);
  const groups = group(counts, probabilities, draws);
  const statistic = groups.reduce((sum, { count, expected }) => sum + (count - expected) ** 2 / expected, 0);
  const freedom = groups.length - 1;
  if (freedom === 0) return 0;
  const width = 2 / (9 * freedom);
  return statistic / (freedom * (1 - width + 4.753 * Math.sqrt(width)) ** 3);
}

interface Group {
  count: number;
  expected: number;
}

function group(counts: ArrayLike<number>, probabilities: ArrayLike<number>, draws: number): Group[] {
  const groups: Group[] = [];
  let open: Group = { count: 0, expected: 0 };
  const rarestFirst = Array.from(probabilities, (p, i) => ({ p, count: counts[i] as number })).sort(
    (a, b) => a.p - b.p,
  );
  for (const { p, count } of rarestFirst) {
    if (p === 0 && count > 0) throw new Error(`a class of probability 0 was drawn ${count} times`);
    open = { count: open.count + count, expected: open.expected + p * draws };
    if (open.expected < 5) continue;
    groups.push(open);
    open = { count: 0, expected: 0 };
  }
  return groups;
}
