/** The derivatives of f by each number of x, by central differences in float64: [by which][of which]. */
export function derivatives(f: (x: Float64Array) => ArrayLike<number>, x: ArrayLike<number>, step = 1e-5): number[][] {
  return Array.from(x, (_, k) => {
    const above = f(shifted(x, k, step));
    const below = f(shifted(x, k, -step));
    return Array.from(above, (value, i) => (value - (below[i] as number)) / (2 * step));
  });
}

function shifted(x: ArrayLike<number>, k: number, by: number): Float64Array {
  const moved = Float64Array.from(x);
  moved[k] = (moved[k] as number) + by;
  return moved;
}
