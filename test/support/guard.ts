import { type Kernels, SCRATCH_BYTES } from "../../src/abi.js";

const BLANK = 0xa5;

/** Where `guarded` lets a kernel have its scratch memory and its results. */
export const SCRATCH = 2048;
export const RESULTS = 8192 + 8;

export function isFilled(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (bytes[i] !== BLANK) return false;
  return true;
}

/**
 * Runs a kernel with `inputs` at the end of memory, so that reading beyond the last of them traps, and gives the bytes of
 * its results; throws if it wrote anything but those and its scratch memory.
 */
export function guarded(
  kernels: Kernels,
  inputs: readonly ArrayBufferView[],
  resultBytes: number,
  run: (inputs: readonly number[], results: number, scratch: number) => void,
): Uint8Array {
  const all = new Uint8Array(kernels.memory.buffer);
  all.fill(BLANK, kernels.heapBase.value);
  let end = all.length;
  const before = inputs.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength));
  const at = before.map(() => 0);
  for (let i = before.length - 1; i >= 0; i--) {
    end -= before[i]!.length;
    at[i] = end;
    all.set(before[i]!, end);
  }
  run(at, RESULTS, SCRATCH);
  const blank =
    isFilled(all, kernels.heapBase.value, SCRATCH) &&
    isFilled(all, SCRATCH + SCRATCH_BYTES, RESULTS) &&
    isFilled(all, RESULTS + resultBytes, end);
  if (!blank) throw new Error("the kernel wrote outside its results and its scratch memory");
  before.forEach((bytes, i) => {
    if (!bytes.every((byte, k) => all[at[i]! + k] === byte)) throw new Error(`the kernel changed its input ${i}`);
  });
  return all.slice(RESULTS, RESULTS + resultBytes);
}
