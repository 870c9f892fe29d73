import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SPECIAL_CASES } from "../src/special.js";
import type { SoftmaxOptions } from "../src/types.js";
import { CONTRACT } from "./support/contract.js";
import { Float16, fromBits, nearestBits, numberOf, toBits } from "./support/float16.js";
import { IMPLEMENTATIONS, type Implementation, KERNELS } from "./support/implementations.js";
import { LONG_LENGTHS, SHORT_LENGTHS } from "./support/ladder.js";
import { call } from "./support/misuse.js";
import { softmax as exactSoftmax } from "./support/oracle.js";
import { random } from "./support/random.js";

type Softmax = Implementation["softmax"];

/** Float16 bits as softmax takes them, with or without `out`, and the bits of what comes back. */
interface Form {
  readonly name: string;
  wrap(bits: Uint16Array, shape: readonly number[]): object;
  unwrap(result: unknown): Uint16Array;
}

const dataOf = (tensor: unknown): Uint16Array => (tensor as { data: Uint16Array }).data;
const bitsOf = ({ buffer, byteOffset, length }: Uint16Array): Uint16Array =>
  new Uint16Array(buffer, byteOffset, length);
const array = (bits: Uint16Array): Float32Array => new Float16!(bits.buffer, bits.byteOffset, bits.length);

const BITS: Form = {
  name: "bits in a tensor",
  wrap: (data, shape) => ({ data, dims: shape, type: "float16" }),
  unwrap: dataOf,
};
const ARRAYS: readonly Form[] = [
  { name: "Float16Array", wrap: (bits) => array(bits), unwrap: (result) => bitsOf(result as Uint16Array) },
  {
    name: "Float16Array in a tensor",
    wrap: (bits, shape) => ({ data: array(bits), shape }),
    unwrap: (result) => bitsOf(dataOf(result)),
  },
];
const FORMS: readonly Form[] = Float16 === undefined ? [BITS] : [BITS, ...ARRAYS];

function run(softmax: Softmax, bits: Uint16Array, options: SoftmaxOptions = {}, form: Form = BITS): Uint16Array {
  const shape = options.shape ?? [bits.length];
  return form.unwrap(call(softmax, form.wrap(bits, shape), { ...options, shape }));
}

/** Seeded logits within ±reach. */
function logits(count: number, seed: number, reach = 10): Uint16Array {
  const { uniform } = random(seed);
  return toBits(Float64Array.from({ length: count }, () => uniform(-reach, reach)));
}

/** Half a float16 ULP of a probability and float32's error. */
function slack(p: number): number {
  return 2 ** (Math.max(Math.floor(Math.log2(p)), -14) - 11) + p * CONTRACT.float32.anyLogits;
}

/** Where bits are not those expected, in words. */
function difference(got: Uint16Array, expected: Uint16Array): string | undefined {
  if (got.length !== expected.length) return `length ${got.length}`;
  const at = got.findIndex((bits, i) => bits !== expected[i] && !(isNaN16(bits) && isNaN16(expected[i] as number)));
  return at < 0 ? undefined : `[${at}]: got ${numberOf(got[at]!)}, expected ${numberOf(expected[at]!)}`;
}

function isNaN16(bits: number): boolean {
  return Number.isNaN(numberOf(bits));
}

/** What the contract says: widened, computed in float32, and rounded once. */
function throughFloat32(softmax: Softmax, bits: Uint16Array, options?: SoftmaxOptions): Uint16Array {
  return toBits(softmax(Float32Array.from(fromBits(bits)), options as SoftmaxOptions<Float32Array>));
}

describe.each(IMPLEMENTATIONS)("$name", ({ softmax }) => {
  describe.each(FORMS)("$name", (form) => {
    it.each(SPECIAL_CASES.filter(([x]) => x.every((v) => Object.is(numberOf(nearestBits(v)), v))))(
      "[%s], %j",
      (x, options, expected) => {
        expect(difference(run(softmax, toBits(x), options, form), toBits(expected))).toBeUndefined();
      },
    );

    it("is within half an ULP and float32's error of the true value", () => {
      for (const reach of [1, 10, 40, 80, 256]) {
        for (const length of [3, 10, 16, 17, 255, 1000]) {
          const x = logits(length, reach + length, reach);
          const exact = exactSoftmax(fromBits(x));
          const got = fromBits(run(softmax, x, undefined, form));
          const worst = exact.map(({ high }, i) => Math.abs((got[i] as number) - high) / slack(high));
          expect(Math.max(...worst)).toBeLessThanOrEqual(1);
        }
      }
    });

    it("keeps subnormal probabilities and takes subnormal logits", () => {
      const falls = [0, 9.5, 10, 11, 12, 14, 16, 16.5, 17, 17.5, 20];
      const got = fromBits(run(softmax, toBits(falls.map((v) => -v)), undefined, form));
      exactSoftmax(falls.map((v) => -v)).forEach(({ high }, i) => {
        expect(Math.abs((got[i] as number) - high)).toBeLessThanOrEqual(slack(high));
      });
      expect(got.filter((p) => p > 0 && p < 2 ** -14)).toHaveLength(7);
      // 2^-24 and 3 2^-24, scaled by beta to where they tell.
      const tiny = run(softmax, Uint16Array.of(1, 3), { beta: 2 ** 23 }, form);
      expect(numberOf(tiny[0]!)).toBeCloseTo(1 / (1 + Math.E), 3);
    });

    it("takes masks, axes and both at once", () => {
      const x = logits(24, 8);
      const where = Array.from({ length: 24 }, (_, i) => i % 5 !== 2);
      for (const axis of [0, 1, 2, [0, 1], null]) {
        for (const options of [{ axis }, { axis, where }, { axis, where, temperature: 0.5 }]) {
          const all = { ...options, shape: [2, 3, 4] };
          const expected = fromBits(throughFloat32(softmax, x, all));
          const got = fromBits(run(softmax, x, all, form));
          expected.forEach((p, i) => {
            expect(Math.abs((got[i] as number) - p)).toBeLessThanOrEqual(p / 1024);
          });
        }
      }
    });

    it("leaves x alone, and gives fresh memory", () => {
      const x = logits(12, 1);
      const before = x.slice();
      const got = run(softmax, x, undefined, form);
      expect(x).toEqual(before);
      expect(got.buffer).not.toBe(x.buffer);
    });

    it("writes out, in place too, the same bits", () => {
      for (const shape of [
        [3, 10],
        [2, 70_000],
        [70_000, 2],
      ]) {
        const x = logits(shape[0]! * shape[1]!, 4);
        for (const axis of [0, 1]) {
          const fresh = run(softmax, x, { shape, axis }, form);
          const bits = new Uint16Array(x.length + 2).fill(0x1234);
          const out = form.wrap(bits.subarray(1, -1), shape);
          expect(call(softmax, form.wrap(x, shape), { shape, axis, out })).toBe(out);
          expect(difference(bits.subarray(1, -1), fresh)).toBeUndefined();
          expect([bits[0], bits.at(-1)]).toEqual([0x1234, 0x1234]);
          const place = x.slice();
          const same = form.wrap(place, shape);
          expect(call(softmax, same, { shape, axis, out: same })).toBe(same);
          expect(difference(place, fresh)).toBeUndefined();
        }
      }
    }, 60_000);
  });
});

describe.each(KERNELS)("$name: computed in float32 and rounded once, to the bit", ({ softmax }) => {
  function expectSame(bits: Uint16Array, options: SoftmaxOptions): void {
    for (const form of FORMS) {
      const got = run(softmax, bits, options, form);
      expect(difference(got, throughFloat32(softmax, bits, options)), `${form.name}, ${options.shape}`).toBeUndefined();
    }
  }

  it.each([0, 1, 2, 3, 4, 5, 9, 40])("batches of %d, along the last axis and along the first", (batch) => {
    for (const length of SHORT_LENGTHS) {
      const x = logits(batch * length, batch + length, 12);
      expectSame(x, { shape: [batch, length] });
      expectSame(x, { shape: [length, batch], axis: 0 });
    }
  });

  it.each(LONG_LENGTHS)("rows of %d, and columns", (length) => {
    const x = logits(2 * length, length, 12);
    expectSame(x, { shape: [2, length] });
    expectSame(x, { shape: [length, 2], axis: 0 });
  });

  // Elements of a window: 65536 in float32, 52428 with their mask.
  it.each([52427, 52428, 52429, 65535, 65536, 65537, 131_071])("batches of %d elements", (size) => {
    const x = logits(size, size, 12);
    const where = Uint8Array.from(x, (bits) => Number(bits % 3 > 0));
    expectSame(x, { shape: [size, 1] });
    expectSame(x, { shape: [size], where });
    expectSame(x, { shape: [1, size], axis: 0, where });
  });

  it("chunks of rows and panels of columns", () => {
    const x = logits(300 * 1001, 2, 12);
    for (const axis of [0, 1]) {
      expectSame(x, { shape: [300, 1001], axis });
      expectSame(x, { shape: [300, 1001], axis, where: Uint8Array.from(x, (bits) => bits & 1), beta: -2 });
    }
    expectSame(x, { shape: [3, 100, 1001], axis: 1 });
  });

  it("every bit pattern, subnormal, infinite and NaN", () => {
    const all = Uint16Array.from({ length: 65536 }, (_, bits) => bits * 40503);
    for (const temperature of [1, 1000, 1e-6, 0, Infinity]) expectSame(all, { shape: [16384, 4], temperature });
  });

  it("any shape, axis and mask", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
        fc.nat(),
        fc.constantFrom(1, 0.3, -2, 0, Infinity),
        fc.boolean(),
        (shape, seed, beta, masked) => {
          const x = logits(
            shape.reduce((a, b) => a * b),
            seed,
            60,
          );
          const where = masked ? Uint8Array.from(x, (bits) => bits & 1) : undefined;
          for (const axis of shape.keys()) expectSame(x, { shape, axis, beta, where });
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe.each(KERNELS)("$name: a row's float16 bits depend on the row alone", ({ softmax }) => {
  it("not on the batch, the place in it, the axis or the alignment", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 1, max: 9 }), fc.nat(), (length, batch, seed) => {
        const x = logits(batch * length, seed, 300);
        const together = run(softmax, x, { shape: [batch, length] });
        const turned = x.map((_, i) => x[(i % batch) * length + Math.floor(i / batch)] as number);
        const columns = run(softmax, turned, { shape: [length, batch], axis: 0 });
        for (let b = 0; b < batch; b++) {
          const alone = run(softmax, x.subarray(b * length, (b + 1) * length));
          expect(difference(together.subarray(b * length, (b + 1) * length), alone)).toBeUndefined();
          expect(
            difference(
              alone.map((_, k) => columns[k * batch + b] as number),
              alone,
            ),
          ).toBeUndefined();
        }
      }),
      { numRuns: 60 },
    );
  });
});
