// L-BFGS: J. Nocedal, S. J. Wright, Numerical Optimization, 2nd edition, 2006, section 7.2, in float64.

import { searchLine, type Trial } from "./line-search.js";

/** How many pairs of steps and of changes of the gradient are kept: as many as SciPy's and scikit-learn's. */
const PAIRS = 10;

/** The function's value at a point; its gradient there is written to `gradient`. */
export type Objective = (point: Float64Array, gradient: Float64Array) => number;

export interface Settings {
  /** The largest absolute entry of the gradient to stop at. */
  readonly tol: number;
  readonly maxIter: number;
  /** By what share of itself rounding may change a value. */
  readonly noise: number;
  readonly onIteration: (iteration: number, value: number, gradientNorm: number) => void;
}

export interface Minimum {
  readonly iterations: number;
  /** Whether the gradient has become small enough. */
  readonly converged: boolean;
}

/** A step and what it did to the gradient (7.18), with ρ = 1 / yᵀs. */
interface Pair {
  readonly s: Float64Array;
  readonly y: Float64Array;
  readonly rho: number;
}

/** Moves `point` to where the objective is least. A RangeError where it has no finite value at first. */
export function minimize(objective: Objective, point: Float64Array, settings: Settings): Minimum {
  const { tol, maxIter, noise, onIteration } = settings;
  const gradient = new Float64Array(point.length);
  const next = { point: new Float64Array(point.length), gradient: new Float64Array(point.length) };
  const pairs: Pair[] = [];
  let value = objective(point, gradient);
  if (!Number.isFinite(value + norm(gradient))) {
    const got = `a loss of ${value} with a gradient of up to ${norm(gradient)}`;
    throw new RangeError(`X: expected numbers of a size that leaves the loss and its gradient finite, got ${got}`);
  }
  for (let iterations = 0; ; iterations++) {
    if (norm(gradient) <= tol) return { iterations, converged: true };
    const found = iterations < maxIter ? (descend() ?? restart()) : undefined;
    if (found === undefined) return { iterations, converged: false };
    remember(pairs, difference(next.point, point), difference(next.gradient, gradient));
    point.set(next.point);
    gradient.set(next.gradient);
    value = found.value;
    onIteration(iterations + 1, value, norm(gradient));
  }

  /** A step, and at `next` what is there; undefined where no lower value can be told from this one. */
  function descend(): Trial | undefined {
    const direction = directionOf(gradient, pairs);
    const slope = dot(gradient, direction);
    if (!(slope < 0)) return undefined;
    const tryStep = (step: number): Trial => {
      for (let i = 0; i < point.length; i++) next.point[i] = point[i]! + step * direction[i]!;
      return { step, value: objective(next.point, next.gradient), slope: dot(next.gradient, direction) };
    };
    const first = pairs.length > 0 ? 1 : Math.min(1, 1 / Math.sqrt(-slope));
    return searchLine(tryStep, { step: 0, value, slope }, first, noise * Math.abs(value));
  }

  /** Along the gradient itself, unless it was that already. */
  function restart(): Trial | undefined {
    return pairs.splice(0).length > 0 ? descend() : undefined;
  }
}

/** -H ∇f by algorithm 7.4, from H₀ = γ I (7.20). */
function directionOf(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const q = gradient.map((g) => -g);
  const alphas = new Float64Array(pairs.length);
  for (let i = pairs.length - 1; i >= 0; i--) {
    const { s, y, rho } = pairs[i]!;
    alphas[i] = rho * dot(s, q);
    addTo(q, -alphas[i]!, y);
  }
  const last = pairs.at(-1);
  if (last !== undefined) scale(q, 1 / (last.rho * dot(last.y, last.y)));
  pairs.forEach(({ s, y, rho }, i) => {
    addTo(q, alphas[i]! - rho * dot(y, q), s);
  });
  return q;
}

/** Keeps the newest pairs; one whose curvature is not clearly positive would spoil H. */
function remember(pairs: Pair[], s: Float64Array, y: Float64Array): void {
  const curvature = dot(s, y);
  if (!(curvature > Number.EPSILON * dot(y, y))) return;
  if (pairs.length === PAIRS) pairs.shift();
  pairs.push({ s, y, rho: 1 / curvature });
}

/** The largest absolute entry. */
function norm(a: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]!));
  return largest;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function difference(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((v, i) => v - b[i]!);
}

function addTo(a: Float64Array, factor: number, b: Float64Array): void {
  for (let i = 0; i < a.length; i++) a[i] = a[i]! + factor * b[i]!;
}

function scale(a: Float64Array, factor: number): void {
  for (let i = 0; i < a.length; i++) a[i] = a[i]! * factor;
}
