/** Nanoseconds an element: medians over the rounds. */
export interface Timing {
  package: number;
  plain: number;
}

/** How long a contender is called again and again for one measurement. */
const BLOCK_MS = 25;

/** Softmax by rows as it is usually written in JavaScript: float32 arrays, nothing allocated, everything hoisted. */
export function plainSoftmax(x: Float32Array, y: Float32Array, columns: number): void {
  for (let start = 0; start < x.length; start += columns) {
    const end = start + columns;
    let max = Number.NEGATIVE_INFINITY;
    for (let i = start; i < end; i++) if ((x[i] as number) > max) max = x[i] as number;
    let sum = 0;
    for (let i = start; i < end; i++) {
      const e = Math.exp((x[i] as number) - max);
      y[i] = e;
      sum += e;
    }
    const scale = 1 / sum;
    for (let i = start; i < end; i++) y[i] = (y[i] as number) * scale;
  }
}

/** Times the two in turn, in blocks of their own, the order changed each round; the first round only warms up. */
export function compare(ours: () => void, plain: () => void, elements: number, rounds: number): Timing {
  const times = { ours: [] as number[], plain: [] as number[] };
  for (let round = 0; round <= rounds; round++) {
    const order = round % 2 === 0 ? (["ours", "plain"] as const) : (["plain", "ours"] as const);
    for (const name of order) {
      const time = timeBlock(name === "ours" ? ours : plain) / elements;
      if (round > 0) times[name].push(time);
    }
  }
  return { package: median(times.ours), plain: median(times.plain) };
}

function timeBlock(call: () => void): number {
  const start = performance.now();
  let calls = 0;
  let elapsed = 0;
  do {
    call();
    calls++;
    elapsed = performance.now() - start;
  } while (elapsed < BLOCK_MS);
  return (elapsed * 1e6) / calls;
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}
