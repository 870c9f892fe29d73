// What is minimised: scikit-learn's objective, (C Σ weight loss + ½ |W|²) / (C Σ weight). Divided so, the gradient is a mean
// over the samples, and `tol` means the same for few and for many.

import type { DataTerm } from "./data-term.js";
import type { Objective } from "./lbfgs.js";

/** `count` weights stand before the biases; `total` is the sum of the samples' weights. */
export function penalized(term: DataTerm, count: number, total: number, C: number, fitIntercept: boolean): Objective {
  const strength = 1 / (C * total);
  return (point, gradient) => {
    let value = term.evaluate(point, gradient) / total;
    if (!fitIntercept) gradient.fill(0, count);
    for (let i = 0; i < gradient.length; i++) gradient[i] = gradient[i]! / total;
    for (let i = 0; i < count; i++) {
      const weight = point[i]!;
      gradient[i] = gradient[i]! + strength * weight;
      value += 0.5 * strength * weight * weight;
    }
    return value;
  };
}
