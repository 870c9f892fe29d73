// A line search for the strong Wolfe conditions: J. Nocedal, S. J. Wright, Numerical Optimization, 2nd edition, 2006,
// algorithms 3.5 and 3.6 as one loop.

/** Sufficient decrease (3.7a) and curvature (3.7b), with section 3.1's values for quasi-Newton directions. */
const DECREASE = 1e-4;
const CURVATURE = 0.9;

/** The most trials; each costs an evaluation. */
const MAX_TRIALS = 20;

/** How much longer the next step is while no interval is known, and how close to its ends one may come then. */
const GROWTH = 10;
const MARGIN = 0.1;

/** A step along the line, and the function and its slope there. */
export interface Trial {
  readonly step: number;
  readonly value: number;
  readonly slope: number;
}

/**
 * A step that fulfils the strong Wolfe conditions, or undefined where none was found. `start`: step 0, where the slope is
 * negative; `first`: the step to try first; `noise`: by how much rounding alone may change a value. What is returned is
 * the last trial.
 */
export function searchLine(
  tryStep: (step: number) => Trial,
  start: Trial,
  first: number,
  noise: number,
): Trial | undefined {
  // The best trial so far, and the other end of the interval that has a good step in it: undefined while it is open.
  let low = start;
  let high: Trial | undefined;
  let step = first;
  for (let trials = 0; trials < MAX_TRIALS; trials++) {
    const trial = tryStep(step);
    const most = Math.min(start.value + DECREASE * step * start.slope, low.value) + noise;
    // Not so for NaN either.
    if (!(trial.value <= most && Number.isFinite(trial.slope))) high = trial;
    else if (Math.abs(trial.slope) <= -CURVATURE * start.slope) return trial;
    else {
      const side = high === undefined ? 1 : high.step - low.step;
      if (trial.slope * side >= 0) high = low;
      low = trial;
    }
    step = high === undefined ? GROWTH * step : interpolate(low, high);
    if (step === low.step || step === high?.step) return undefined;
  }
  return undefined;
}

/** The minimum of the cubic through both trials (3.59), or the middle where that is no step well between them. */
function interpolate(a: Trial, b: Trial): number {
  const width = b.step - a.step;
  const d1 = a.slope + b.slope - (3 * (a.value - b.value)) / (a.step - b.step);
  const d2 = Math.sign(width) * Math.sqrt(d1 * d1 - a.slope * b.slope);
  const share = 1 - (b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2);
  return a.step + width * (share >= MARGIN && share <= 1 - MARGIN ? share : 0.5);
}
