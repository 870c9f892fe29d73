/** By how many standard errors the share of `draws` independent draws is away from the probability. */
export function standardErrors(share: number, probability: number, draws: number): number {
  const error = Math.abs(share - probability);
  return error === 0 ? 0 : error / Math.sqrt((probability * (1 - probability)) / draws);
}
