import { expect } from "vitest";
import type { Implementation } from "./implementations.js";

export type Softmax = Implementation["softmax"];

/** Calls softmax with what its types forbid. */
export function call(softmax: Softmax, x: unknown, options?: unknown): unknown {
  return (softmax as (x: unknown, options?: unknown) => unknown)(x, options);
}

/** What `act` throws. */
export function thrownBy(act: () => unknown): Error {
  try {
    act();
  } catch (error) {
    return error as Error;
  }
  return expect.fail("expected an error, got none");
}

/** Holds that `act` throws an error, changes none of the arrays that `reachable` leads to, and that softmax works on. */
export function expectIntact(softmax: Softmax, act: () => unknown, reachable: unknown): Error {
  const before = snapshot(reachable);
  const error = thrownBy(act);
  expect(snapshot(reachable) === before, "arguments are as before").toBe(true);
  expectWorking(softmax);
  return error;
}

/** Holds that a call throws the error, in words that say what is wrong, and changes nothing. */
export function expectError(
  softmax: Softmax,
  x: unknown,
  options: unknown,
  kind: ErrorConstructor,
  message: RegExp,
): void {
  const error = expectIntact(softmax, () => call(softmax, x, options), [x, options]);
  expect(error).toBeInstanceOf(kind);
  expect(error.message).toMatch(message);
}

export function expectWorking(softmax: Softmax): void {
  expect(softmax(new Float32Array([0, 1, 2, 2]), { shape: [2, 2], where: [1, 0, 1, 1] })).toEqual(
    new Float32Array([1, 0, 0.5, 0.5]),
  );
}

/** All that is in a value, arrays to the byte, as text; getters are left alone. */
function snapshot(value: unknown): string {
  if (ArrayBuffer.isView(value))
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("latin1");
  if (Array.isArray(value)) return `[${value.map(snapshot)}]`;
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(Object.getOwnPropertyDescriptors(value))
    .map(([name, { value: own }]) => `${name}: ${snapshot(own)}`)
    .join();
}

/** The numbers of a result of any kind, in row-major order. */
export function valuesOf(result: unknown): number[] {
  if (Array.isArray(result)) return result.flat(Number.POSITIVE_INFINITY) as number[];
  if (ArrayBuffer.isView(result))
    return Array.from({ length: lengthOf(result) }, (_, i) => (result as Float32Array)[i]!);
  return valuesOf((result as { data: unknown }).data);
}

/** The intrinsic length, whatever a subclass says. */
function lengthOf(array: unknown): number {
  const TypedArray = Object.getPrototypeOf(Uint8Array.prototype) as object;
  return Reflect.get(TypedArray, "length", array) as number;
}

/** The logarithms of 1, 2, 3 …: their softmax is each number over the sum of its row. */
export function logs(count: number): number[] {
  return Array.from({ length: count }, (_, i) => Math.log(i + 1));
}

/** 1, 2, 3 … over the sums of the groups they are in; those that the mask leaves out count for 0. */
export function shares(groups: readonly number[], mask?: readonly unknown[]): number[] {
  const weights = groups.map((_, i) => (mask === undefined || mask[i] ? i + 1 : 0));
  const sums: number[] = [];
  groups.forEach((group, i) => {
    sums[group] = (sums[group] ?? 0) + (weights[i] as number);
  });
  return groups.map((group, i) => (weights[i] as number) / (sums[group] || 1));
}

/** Holds that the numbers of a result are those expected, within float32's accuracy. */
export function expectValues(result: unknown, expected: readonly number[]): void {
  const got = valuesOf(result);
  expect(got).toHaveLength(expected.length);
  const worst = got.reduce((most, value, i) => Math.max(most, Math.abs(value - (expected[i] as number))), 0);
  expect(worst, `got ${got}, expected ${expected}`).toBeLessThan(5e-7);
}
