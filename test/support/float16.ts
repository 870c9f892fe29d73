// float16 as IEEE 754 defines it, in float64 arithmetic that shares nothing with the package's conversions.

/** The bits of float16 Infinity: those of the numbers from 0 up are below it, in order. */
export const INFINITE = 0x7c00;

/** What the bits stand for: (-1)^s 2^(e - 15) (1 + f / 1024), or (-1)^s 2^-14 f / 1024 where e is 0. */
export function numberOf(bits: number): number {
  const sign = bits >> 15 === 0 ? 1 : -1;
  const e = (bits >> 10) & 31;
  const f = bits & 1023;
  if (e === 31) return f === 0 ? sign * Infinity : NaN;
  return e === 0 ? sign * 2 ** -14 * (f / 1024) : sign * 2 ** (e - 15) * (1 + f / 1024);
}

/** The values of 0, the smallest subnormal number, …, 65504, and for rounding 65536 in the place of Infinity. */
const VALUES: Float64Array = Float64Array.from({ length: INFINITE + 1 }, (_, bits) =>
  bits === INFINITE ? 65536 : numberOf(bits),
);

/** Half-way between the numbers of `bits` and `bits` + 1. */
export function halfway(bits: number): number {
  return ((VALUES[bits] as number) + (VALUES[bits + 1] as number)) / 2;
}

/** The bits of the float16 nearest to a number, in a tie the even one; 0x7e00 for NaN. */
export function nearestBits(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  let low = 0;
  let high = INFINITE;
  while (low < high) {
    const middle = (low + high) >> 1;
    const border = halfway(middle);
    if (size < border || (size === border && middle % 2 === 0)) high = middle;
    else low = middle + 1;
  }
  return sign | low;
}

/** Float16 bits of numbers. */
export function toBits(values: ArrayLike<number>): Uint16Array<ArrayBuffer> {
  return Uint16Array.from(values, nearestBits);
}

/** The numbers that float16 bits stand for. */
export function fromBits(bits: ArrayLike<number>): Float64Array<ArrayBuffer> {
  return Float64Array.from(bits, numberOf);
}

/** Float16Array, which TypeScript's libraries and Node before 24 do not know. */
export interface Float16Constructor {
  new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): Float32Array<ArrayBuffer>;
  new (values: Iterable<number> | number): Float32Array<ArrayBuffer>;
}

export const Float16: Float16Constructor | undefined = Reflect.get(globalThis, "Float16Array") as
  | Float16Constructor
  | undefined;
