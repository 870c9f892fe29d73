import { describe, expect, it } from "vitest";
import { Float16, type Float16Constructor } from "./support/float16.js";
import { IMPLEMENTATIONS } from "./support/implementations.js";
import { expectError } from "./support/misuse.js";

/** [what is wrong, x, options, the error's class, its message] */
type Case = readonly [name: string, x: unknown, options: unknown, kind: ErrorConstructor, message: RegExp];

const X = new Float32Array([1, 2, 3, 4, 5, 6]);
const shape = [2, 3];
const bits = new Uint16Array(6);
const BITS =
  /^x(\.data)?: expected .*, got Uint16Array; pass float16 bits as \{ data, shape, dtype: "float16" \}, or convert its numbers with Float32Array\.from\(x(\.data)?\)$/;
const MISFIT = /^x: expected dtype "float16" with a Float16Array or bits in a Uint16Array, got "\w+" with /;

const BITS_CASES: readonly Case[] = [
  ["bits without dtype", { data: bits, shape }, undefined, TypeError, BITS],
  ["bits of uint16", { data: bits, dims: shape, type: "uint16" }, undefined, TypeError, BITS],
  ["bits of bfloat16", { data: bits, dims: shape, type: "bfloat16" }, undefined, TypeError, BITS],
  ["bits with dtype a String object", { data: bits, shape, dtype: Object("float16") }, undefined, TypeError, BITS],
  ["bits, of two dtypes", { data: bits, shape, type: "float16", dtype: "float32" }, undefined, TypeError, MISFIT],
  ["bits, of two dtypes again", { data: bits, shape, type: "uint16", dtype: "float16" }, undefined, TypeError, MISFIT],
  ...[X, new Float64Array(6), new Int16Array(6), new Uint8Array(12), [1, 2, 3, 4, 5, 6], bits.buffer, null].flatMap(
    (data): Case[] =>
      ["type", "dtype"].map((name) => [
        `${name} float16 of other data`,
        { data, dims: shape, [name]: "float16" },
        undefined,
        TypeError,
        MISFIT,
      ]),
  ),
  ["bits too few", { data: bits, shape: [7], dtype: "float16" }, undefined, RangeError, /^x\.shape: \[7\] holds 7 /],
  [
    "bits out of bounds",
    { data: bits, shape: [4], offset: 3, dtype: "float16" },
    undefined,
    RangeError,
    /^x\.offset: expected an integer from 0 to 2, got 3$/,
  ],
  [
    "bits into floats",
    { data: bits, shape, dtype: "float16" },
    { out: { data: X, shape } },
    TypeError,
    /^out\.data: expected Uint16Array as x is, got Float32Array\(6\)$/,
  ],
  [
    "floats into bits",
    { data: X, shape },
    { out: { data: bits, shape, dtype: "float16" } },
    TypeError,
    /^out\.data: expected Float32Array as x is, got Uint16Array\(6\)$/,
  ],
  [
    "bits into bits without dtype",
    { data: bits, shape, dtype: "float16" },
    { out: { data: new Uint16Array(6), shape } },
    TypeError,
    /^out\.data: expected .*, got Uint16Array; pass float16 bits as/,
  ],
  [
    "bits into a bare array",
    { data: bits, shape, dtype: "float16" },
    { out: new Uint16Array(6) },
    TypeError,
    /^out: expected a tensor as x is, got Uint16Array\(6\)$/,
  ],
  [
    "bits into memory that overlaps",
    { data: bits.subarray(0, 3), shape: [3], dtype: "float16" },
    { out: { data: bits.subarray(1, 4), shape: [3], dtype: "float16" } },
    RangeError,
    /^out: expected x itself or memory apart from x/,
  ],
];

/** The cases of an engine that has Float16Array. */
function arrayCases(Float16: Float16Constructor): Case[] {
  const x = new Float16(6);
  return [
    ...["float32", "float64", "uint16", "bfloat16"].flatMap((dtype): Case[] => [
      [dtype, { data: x, shape, dtype }, undefined, TypeError, MISFIT],
      [`${dtype} as type`, { data: x, shape, type: dtype }, undefined, TypeError, MISFIT],
    ]),
    ["into bits", x, { out: bits }, TypeError, /^out: expected Float16Array as x is, got Uint16Array\(6\)$/],
    ["into float32", x, { out: X }, TypeError, /^out: expected Float16Array as x is, got Float32Array\(6\)$/],
    [
      "in a tensor, into bits",
      { data: x, shape },
      { out: { data: bits, shape, dtype: "float16" } },
      TypeError,
      /^out\.data: expected Float16Array as x is, got Uint16Array\(6\)$/,
    ],
    [
      "for bits, as out",
      { data: bits, shape, dtype: "float16" },
      { out: { data: x, shape } },
      TypeError,
      /^out\.data: expected Uint16Array as x is, got Float16Array\(6\)$/,
    ],
  ];
}

describe.each(IMPLEMENTATIONS)("$name", ({ softmax }) => {
  it.each(BITS_CASES)("%s", (_, x, options, kind, message) => {
    expectError(softmax, x, options, kind, message);
  });

  if (Float16 !== undefined) {
    it.each(arrayCases(Float16))("a Float16Array: %s", (_, x, options, kind, message) => {
      expectError(softmax, x, options, kind, message);
    });
  } else {
    it("is run without the cases of Float16Array, which this engine has not", () => {
      expect(globalThis).not.toHaveProperty("Float16Array");
    });
  }
});
