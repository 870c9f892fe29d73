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

/** Memory that a kernel is given. */
export interface Place {
  readonly bytes: number;
  /** Its address is a multiple of this, and of no more. */
  readonly align: number;
  /** What stands in it, from its first byte on. */
  readonly data?: ArrayBufferView;
  /** Whether it has to stay as it is. */
  readonly kept?: boolean;
}

/**
 * Runs a kernel with places that stand apart in memory, `last` at its end, so that what leaves that one traps; gives their
 * bytes after it. Throws if a byte has changed that is not in one of them, the module's constants too. What is around them,
 * and in them where they have no data, is not the same for each `last`.
 */
export function enclosed<Name extends string>(
  kernels: Pick<Kernels, "memory" | "heapBase">,
  places: Readonly<Record<Name, Place>>,
  last: NoInfer<Name>,
  run: (at: Readonly<Record<Name, number>>) => void,
): Record<Name, Uint8Array> {
  const all = new Uint8Array(kernels.memory.buffer);
  const names = Object.keys(places) as Name[];
  all.fill(names.indexOf(last) % 2 === 0 ? BLANK : 0xff, kernels.heapBase.value);
  const at = {} as Record<Name, number>;
  let end = kernels.heapBase.value + FENCE;
  for (const name of names) {
    const { bytes, align, data } = places[name];
    const room = name === last ? all.length - bytes : Math.ceil(end / (2 * align)) * 2 * align + align;
    at[name] = Math.floor(room / align) * align;
    if (name !== last) end = at[name] + bytes + FENCE;
    if (data !== undefined) all.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at[name]);
  }
  if (end > at[last]) throw new Error("the places do not fit into memory");
  const expected = Buffer.from(all);
  run(at);
  const left = {} as Record<Name, Uint8Array>;
  for (const name of names) {
    const { bytes, kept } = places[name];
    left[name] = all.slice(at[name], at[name] + bytes);
    if (!kept) expected.set(left[name], at[name]);
  }
  if (expected.equals(all)) return left;
  const wrong = expected.findIndex((byte, i) => byte !== all[i]);
  throw new Error(`with ${last} at the end of memory, the kernel wrote to ${wrong}; given: ${JSON.stringify(at)}`);
}

/** Bytes at least between one place and the next. */
const FENCE = 64;
