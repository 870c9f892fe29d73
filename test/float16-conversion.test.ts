// float16 to other formats and back: the kernels, and the reference's own way, against IEEE 754's definition.

import { describe, expect, it } from "vitest";
import { decodeFloat16, encodeFloat16 } from "../src/float16.js";
import { Float16, halfway, INFINITE, nearestBits, numberOf } from "./support/float16.js";
import { instantiate, TAKEN } from "./support/modules.js";
import { random } from "./support/random.js";

const ALL = Uint16Array.from({ length: 65536 }, (_, bits) => bits);

/** The neighbours of a positive float, `steps` bit patterns away. */
function neighbour32(value: number, steps: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer);
  bits[0] = (bits[0] as number) + steps;
  return new Float32Array(bits.buffer)[0] as number;
}

function neighbour64(value: number, steps: bigint): number {
  const bits = new BigInt64Array(Float64Array.of(value).buffer);
  bits[0] = (bits[0] as bigint) + steps;
  return new Float64Array(bits.buffer)[0] as number;
}

/** Every float16 number above 0 and every number half-way between two, each with the floats beside it, of both signs. */
const POINTS: readonly number[] = Array.from({ length: INFINITE }, (_, bits) => [numberOf(bits), halfway(bits)])
  .flat()
  .filter((v) => v > 0)
  .flatMap((v) => [neighbour32(v, -1), v, neighbour32(v, 1)]);

const ODDITIES: readonly number[] = [
  ...[0, -0, Infinity, -Infinity, NaN, 2 ** -149, 2 ** -126, 3.4028234663852886e38, 65504, 65519.99609375, 65520],
  ...[65536, 2 ** -24, 2 ** -25, 1e-30, 1e30],
];

const FLOATS = Float32Array.from([...POINTS, ...POINTS.map((v) => -v), ...ODDITIES, ...ODDITIES.map((v) => -v)]);

/** The first place where bits are not those of the values, NaN of any payload counted equal. */
function firstWrong(bits: ArrayLike<number>, values: ArrayLike<number>): string | undefined {
  for (let i = 0; i < values.length; i++) {
    const expected = nearestBits(values[i] as number);
    const got = bits[i] as number;
    const same = expected === 0x7e00 ? (got & 0x7fff) > INFINITE : got === expected;
    if (!same) return `${values[i]}: got ${got.toString(16)}, expected ${expected.toString(16)}`;
  }
  return undefined;
}

/** Float32 numbers of every exponent. */
function seeded(count: number): Float32Array {
  const { bits } = random(5);
  return new Float32Array(Uint32Array.from({ length: count }, bits).buffer);
}

describe("the tests' own definition", () => {
  it.runIf(Float16)("is that of Float16Array, where the engine has it", () => {
    const Engine = Float16!;
    expect(Array.from(new Engine(ALL.buffer))).toEqual(Array.from(ALL, numberOf));
    const rounded = new Engine(FLOATS);
    expect(firstWrong(new Uint16Array(rounded.buffer), FLOATS)).toBeUndefined();
  });
});

describe.each(TAKEN)("%s module", (target) => {
  const kernels = instantiate(target);
  const { memory, widenF16, narrowF16 } = kernels;
  const base = Math.ceil(kernels.heapBase.value / 64) * 64;
  memory.grow(32);
  const end = memory.buffer.byteLength;

  function narrowed(values: Float32Array): Uint16Array {
    new Float32Array(memory.buffer, base, values.length).set(values);
    narrowF16(base, base + values.byteLength, values.length);
    return new Uint16Array(memory.buffer, base + values.byteLength, values.length).slice();
  }

  it("widens every float16", () => {
    new Uint16Array(memory.buffer, base, 65536).set(ALL);
    widenF16(base, base + ALL.byteLength, 65536);
    const got = new Float32Array(memory.buffer, base + ALL.byteLength, 65536);
    expect(ALL.filter((bits) => !Object.is(got[bits], numberOf(bits)))).toEqual(new Uint16Array(0));
  });

  it("narrows every float16 to itself", () => {
    new Uint16Array(memory.buffer, base, 65536).set(ALL);
    widenF16(base, base + ALL.byteLength, 65536);
    const floats = new Float32Array(memory.buffer, base + ALL.byteLength, 65536).slice();
    expect(firstWrong(narrowed(floats), floats)).toBeUndefined();
  });

  it("rounds to the nearest, in a tie to the even: at every float16, half-way, and beside both", () => {
    expect(firstWrong(narrowed(FLOATS), FLOATS)).toBeUndefined();
  });

  it("rounds seeded bit patterns", () => {
    const values = seeded(200_000);
    expect(firstWrong(narrowed(values), values)).toBeUndefined();
  });

  const COUNTS = Array.from({ length: 40 }, (_, count) => count);

  /** Runs a conversion over memory filled with 0xa5, and holds that it writes `bytes` bytes at y and nothing else. */
  function convert(run: typeof widenF16, from: ArrayBufferView, count: number, x: number, y: number, bytes: number) {
    const all = new Uint8Array(memory.buffer, base);
    all.fill(0xa5);
    all.set(new Uint8Array(from.buffer, from.byteOffset, from.byteLength), x - base);
    const expected = all.slice();
    run(x, y, count);
    const result = all.slice(y - base, y - base + bytes);
    expected.set(result, y - base);
    expect(Buffer.compare(all, expected)).toBe(0);
    return result.buffer;
  }

  it.each(COUNTS)("%d elements: reads and writes nothing beyond them", (count) => {
    const values = seeded(count);
    const halves = Uint16Array.from(values, nearestBits);
    // Once what is read ends with the memory, once what is written: going past it traps.
    const places = (read: number, written: number): [x: number, y: number][] => [
      [end - read, base + 20],
      [base + 20, end - written],
    ];
    for (const [x, y] of places(2 * count, 4 * count)) {
      const got = new Float32Array(convert(widenF16, halves, count, x, y, 4 * count));
      expect(got).toEqual(Float32Array.from(halves, numberOf));
    }
    for (const [x, y] of places(4 * count, 2 * count)) {
      const got = new Uint16Array(convert(narrowF16, values, count, x, y, 2 * count));
      expect(firstWrong(got, values)).toBeUndefined();
    }
  });

  it.each([...COUNTS, 1000, 65536])("%d elements: widens from the upper half of its own memory", (count) => {
    const halves = ALL.subarray(0, count).map((bits) => bits * 77 + 15000);
    for (const gap of [0, 2, 6, 64]) {
      const source = base + 2 * count + gap;
      new Uint16Array(memory.buffer, source, count).set(halves);
      widenF16(source, base, count);
      expect(new Float32Array(memory.buffer, base, count)).toEqual(Float32Array.from(halves, numberOf));
    }
  });

  it.each([...COUNTS, 1000, 65536])("%d elements: narrows in place", (count) => {
    const values = seeded(count);
    new Float32Array(memory.buffer, base, count).set(values);
    narrowF16(base, base, count);
    expect(firstWrong(new Uint16Array(memory.buffer, base, count), values)).toBeUndefined();
  });
});

describe("in JavaScript", () => {
  it("decodes every float16", () => {
    expect(ALL.filter((bits) => !Object.is(decodeFloat16(bits), numberOf(bits)))).toEqual(new Uint16Array(0));
  });

  it("rounds float64 once: at every float16, half-way, and beside both", () => {
    // By way of float32, what lies just beside the middle would come to lie on it.
    const points = POINTS.flatMap((v) => [neighbour64(v, -1n), v, neighbour64(v, 1n)]);
    const values = Float64Array.from([...points, ...points.map((v) => -v), ...ODDITIES, 5e-324, 1.7e308]);
    expect(firstWrong(Array.from(values, encodeFloat16), values)).toBeUndefined();
  });
});
