// The row maximum alone, the pass that argmax is measured against: maximum-kernel.ts, which stands compiled beside the
// worker.

import type { Prepared } from "./contender.js";

/** Its scratch memory, the maxima, the rows: no static data goes that far. */
const [SCRATCH, VALUES, ROWS] = [65536, 65536 + 64, 131072];

const PAGE_BYTES = 65536;

/** As many bytes as the package's window has. */
const WINDOW_BYTES = 2 ** 20;

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  maxima(x: number, values: number, rows: number, columns: number, scratch: number): void;
}

/** Over rows that are in its memory already. */
export async function maximaResident(x: Float32Array, rows: number, columns: number): Promise<Prepared> {
  const { memory, maxima } = await instance(x.byteLength);
  new Float32Array(memory.buffer, ROWS, x.length).set(x);
  const values = new Float32Array(memory.buffer, VALUES, rows);
  return { run: () => maxima(ROWS, VALUES, rows, columns, SCRATCH), result: () => values };
}

/** Over the caller's rows, brought in by the window. */
export async function maximaOfArray(x: Float32Array, rows: number, columns: number): Promise<Prepared> {
  const { memory, maxima } = await instance(WINDOW_BYTES);
  const window = new Float32Array(memory.buffer, ROWS, WINDOW_BYTES / 4);
  const values = new Float32Array(memory.buffer, VALUES, rows);
  const step = Math.floor(window.length / columns);
  const run = (): void => {
    for (let row = 0; row < rows; row += step) {
      const count = Math.min(step, rows - row);
      window.set(x.subarray(row * columns, (row + count) * columns));
      maxima(ROWS, VALUES + 4 * row, count, columns, SCRATCH);
    }
  };
  return { run, result: () => values };
}

async function instance(bytes: number): Promise<Exports> {
  const { readFile } = await import("node:fs/promises");
  const module = await WebAssembly.compile(await readFile(new URL("./maximum.wasm", import.meta.url)));
  const exports = new WebAssembly.Instance(module).exports as unknown as Exports;
  exports.memory.grow(Math.ceil((ROWS + bytes) / PAGE_BYTES));
  return exports;
}
