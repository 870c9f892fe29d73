// The Boltzmann distribution p_i = exp(-βE_i) / Z, its partition function Z = Σ exp(-βE_i), and what follows from them, in
// units where Boltzmann's constant is 1: the coldness β is 1/T.

import { entropy, logSumExp, softmax } from "softmax-simd";

export interface Ensemble {
  probabilities: number[];
  /** log Z: Z itself soon leaves the range of a float64. */
  logZ: number;
  /** U = Σ p_i E_i. */
  meanEnergy: number;
  /** S = -Σ p_i log p_i. */
  entropy: number;
  /** F = -(1/β) log Z. */
  freeEnergy: number;
}

/** Energies in equilibrium at the coldness β, which is not 0. */
export function boltzmann(energies: readonly number[], beta: number): Ensemble {
  const probabilities = softmax(energies, { beta: -beta });
  return {
    probabilities,
    logZ: logSumExp(energies.map((energy) => -beta * energy)),
    meanEnergy: probabilities.reduce((sum, p, i) => sum + p * (energies[i] as number), 0),
    entropy: entropy(probabilities),
    // With a `beta`, logSumExp divides by it: that is the free energy itself.
    freeEnergy: logSumExp(energies, { beta: -beta }),
  };
}

// A harmonic oscillator with ħω = 1, from cold to hot.
const levels = Array.from({ length: 200 }, (_, n) => n + 1 / 2);

console.log("harmonic oscillator");
console.log("    β           Z          U          S          F    U - S/β");
for (const beta of [4, 1, 0.25]) {
  const { logZ, meanEnergy: U, entropy: S, freeEnergy: F } = boltzmann(levels, beta);
  const figures = [Math.exp(logZ), U, S, F, U - S / beta].map((figure) => figure.toFixed(6).padStart(11));
  console.log(`${String(beta).padStart(5)} ${figures.join("")}`);
}

// The zero of energy does not matter, but exp(-1000) would be 0.
const raised = boltzmann([1000, 1001, 1002], 1);
console.log(`\nenergies 1000, 1001, 1002: log Z ${raised.logZ.toFixed(6)}`);
console.log(`p ${raised.probabilities.map((p) => p.toFixed(6)).join(" ")}`);
