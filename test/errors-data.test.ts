import { describe, it } from "vitest";
import { IMPLEMENTATIONS } from "./support/implementations.js";
import { expectError } from "./support/misuse.js";

/** [what is wrong, x, options, the error's class, its message] */
type Case = readonly [name: string, x: unknown, options: unknown, kind: ErrorConstructor, message: RegExp];

const X = new Float32Array([1, 2, 3, 4, 5, 6]);
const shape = [2, 3];

const KINDS =
  /^x: expected Float16Array, Float32Array, Float64Array, nested number arrays, or a tensor with data and shape or dims, got /;
const INTEGERS =
  /^x: expected Float16Array, Float32Array or Float64Array, got \w+; convert its numbers with Float32Array\.from\(x\)$/;
const BITS =
  /^x(\.data)?: expected .*, got Uint16Array; pass float16 bits as \{ data, shape, dtype: "float16" \}, or convert its numbers with Float32Array\.from\(x(\.data)?\)$/;
const BIGINTS =
  /^x: expected Float16Array, Float32Array or Float64Array, got \w+; convert its numbers with Float64Array\.from\(x, Number\)$/;
const kilo = (n: number): unknown => (n === 0 ? 1 : [kilo(n - 1)]);

const INPUTS: readonly Case[] = [
  ...[
    undefined,
    null,
    1,
    Number.NaN,
    "1,2",
    true,
    1n,
    Symbol("x"),
    () => [1],
    new Date(0),
    new Map(),
    new Set([1]),
    {},
  ].map((x): Case => [String(x), x, undefined, TypeError, KINDS]),
  ["an ArrayBuffer", new ArrayBuffer(8), undefined, TypeError, KINDS],
  ["a DataView", new DataView(new ArrayBuffer(8)), undefined, TypeError, KINDS],
  ["an array-like object", { 0: 1, length: 1 }, undefined, TypeError, KINDS],
  ["a promise", Promise.resolve(X), undefined, TypeError, KINDS],
  ...[Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Int32Array, Uint32Array].map(
    (Integers): Case => [Integers.name, new Integers(2), undefined, TypeError, INTEGERS],
  ),
  ["BigInt64Array", new BigInt64Array(2), undefined, TypeError, BIGINTS],
  ["BigUint64Array", new BigUint64Array(2), undefined, TypeError, BIGINTS],
  ["Uint16Array", new Uint16Array(2), undefined, TypeError, BITS],
  ["strings", ["1", "2"], undefined, TypeError, /^x\[0\]: expected a number, got "1"$/],
  ["a string among numbers", [1, "2"], undefined, TypeError, /^x\[1\]: expected a number, got "2"$/],
  ["bigints", [1n, 2n], undefined, TypeError, /^x\[0\]: expected a number, got 1n$/],
  ["booleans", [true, false], undefined, TypeError, /^x\[0\]: expected a number, got true$/],
  ["null among numbers", [1, null], undefined, TypeError, /^x\[1\]: expected a number, got null$/],
  ["undefined among numbers", [1, undefined], undefined, TypeError, /^x\[1\]: expected a number, got undefined$/],
  ["a hole", [1, ...new Array(1), 3], undefined, TypeError, /^x\[1\]: expected a number, got undefined$/],
  ["holes alone", new Array(3), undefined, TypeError, /^x\[0\]: expected a number, got undefined$/],
  ["Number objects", [Object(1)], undefined, TypeError, /^x\[0\]: expected a number, got an object$/],
  ["typed rows", [X, X], undefined, TypeError, /^x\[0\]: expected a number, got Float32Array\(6\)$/],
  ["a string in depth", [[[1], ["2"]]], undefined, TypeError, /^x\[0\]\[1\]\[0\]: expected a number, got "2"$/],
  ["null for a row", [[1], null], undefined, TypeError, /^x\[1\]: expected an array of length 1 .* got null$/],
  [
    "a typed row among rows",
    [[1], X],
    undefined,
    TypeError,
    /^x\[1\]: expected an array of length 1 .* Float32Array\(6\)$/,
  ],
  ["an empty row", [[]], undefined, RangeError, /^x: expected elements, got empty nested arrays of shape \[1, 0\]/],
  ["empty rows", [[], []], undefined, RangeError, /^x: expected elements, got empty nested arrays of shape \[2, 0\]/],
  ["empty rows in depth", [[[]], [[]]], undefined, RangeError, /^x: .* got empty nested arrays of shape \[2, 1, 0\]/],
  [
    "a short row",
    [[1, 2], [3]],
    undefined,
    RangeError,
    /^x\[1\]: expected an array of length 2 for shape \[2, 2\], .* ragged$/,
  ],
  [
    "a long row",
    [[1], [2, 3]],
    undefined,
    RangeError,
    /^x\[1\]: expected an array of length 1 .* length 2; .* ragged$/,
  ],
  ["an empty row among rows", [[1], []], undefined, RangeError, /^x\[1\]: .* got an array of length 0; .* ragged$/],
  ["a row after an empty one", [[], [1]], undefined, RangeError, /^x\[1\]: expected an array of length 0 .* ragged$/],
  [
    "a number for a row",
    [[1], 2],
    undefined,
    RangeError,
    /^x\[1\]: expected an array of length 1 .* got 2; .* ragged$/,
  ],
  ["a row for a number", [1, [2]], undefined, RangeError, /^x\[1\]: expected a single value .* length 1; .* ragged$/],
  [
    "ragged at depth 3",
    [[[1, 2]], [[3]]],
    undefined,
    RangeError,
    /^x\[1\]\[0\]: expected an array of length 2 .* ragged$/,
  ],
  [
    "ragged at depth 2",
    [[[1]], [[2], [3]]],
    undefined,
    RangeError,
    /^x\[1\]: expected an array of length 1 .* ragged$/,
  ],
  ["too deep", kilo(1000), undefined, RangeError, /^x: expected at most 32 levels of arrays$/],
  [
    "shape against nesting",
    [[1, 2]],
    { shape: [2, 1] },
    RangeError,
    /^shape: expected \[1, 2\] as x has, got \[2, 1\]$/,
  ],
  ["shape of a flat array", [1, 2, 3], { shape: [2, 2] }, RangeError, /^shape: \[2, 2\] holds 4 elements, x has 3$/],
];

/** As TensorFlow.js has it: the values come from calls. */
const tfjs = { shape, dtype: "float32", dataSync: () => X, data: async () => X, rank: 2, isDisposed: false };

/** As ONNX Runtime has it on a GPU: asking for the values throws. */
class GpuTensor {
  readonly dims: readonly number[] = shape;
  readonly type: string = "float32";
  readonly location: string = "gpu-buffer";
  get data(): Float32Array {
    throw new Error("The data is not on CPU. Use `getData()` to download GPU data to CPU");
  }
}

const STRIDES = /^x: expected contiguous row-major data, strides \[3, 1\] for shape \[2, 3\], got strides \[/;

const TENSORS: readonly Case[] = [
  ["of TensorFlow.js", tfjs, undefined, TypeError, /^x: .* pass \{ data: await x\.data\(\), shape: x\.shape \}$/],
  ["with data a function", { shape, data: () => X }, undefined, TypeError, /^x: .* pass \{ data: await x\.data\(\)/],
  [
    "of ONNX Runtime on a GPU",
    new GpuTensor(),
    undefined,
    TypeError,
    /^x: .* on "gpu-buffer"; pass \{ data: await x\.getData/,
  ],
  [
    "of ONNX Runtime in a texture",
    { ...new GpuTensor(), location: "texture" },
    undefined,
    TypeError,
    /^x: .* on "texture"/,
  ],
  ["disposed", { dims: shape, location: "none", data: X }, undefined, TypeError, /^x: .* on "none"/],
  ["without shape", { data: X }, undefined, TypeError, KINDS],
  ["without data", { shape }, undefined, TypeError, KINDS],
  ["with data null", { data: null, shape }, undefined, TypeError, /^x\.data: expected a typed array, got null$/],
  ["with data a string", { data: "123456", shape }, undefined, TypeError, /^x\.data: .* got "123456"$/],
  ["with data a buffer", { data: X.buffer, shape }, undefined, TypeError, /^x\.data: expected .* got an object$/],
  [
    "of int32",
    { data: new Int32Array(6), shape },
    undefined,
    TypeError,
    /^x\.data: .* got Int32Array; .*\.from\(x\.data\)$/,
  ],
  [
    "of int64",
    { data: new BigInt64Array(6), dims: shape },
    undefined,
    TypeError,
    /^x\.data: .* got BigInt64Array; .* Number\)$/,
  ],
  ["of strings", { data: ["a"], dims: [1] }, undefined, TypeError, /^x\.data\[0\]: expected a number, got "a"$/],
  [
    "with nested data",
    { data: [[1, 2]], shape: [1, 2] },
    undefined,
    TypeError,
    /^x\.data\[0\]: expected a number, got an array/,
  ],
  ["with shape a number", { data: X, shape: 6 }, undefined, TypeError, /^x\.shape: expected an array of sizes, got 6$/],
  [
    "with shape null",
    { data: X, shape: null },
    undefined,
    TypeError,
    /^x\.shape: expected an array of sizes, got null$/,
  ],
  [
    "with a negative dim",
    { data: X, dims: [-1, 3] },
    undefined,
    RangeError,
    /^x\.dims\[0\]: expected an integer .* got -1$/,
  ],
  [
    "with too large a shape",
    { data: X, shape: [2, 4] },
    undefined,
    RangeError,
    /^x\.shape: \[2, 4\] holds 8 elements, x\.data has 6$/,
  ],
  [
    "with too small dims",
    { data: X, dims: [2, 2] },
    undefined,
    RangeError,
    /^x\.dims: \[2, 2\] holds 4 elements, x\.data has 6$/,
  ],
  [
    "with another shape in options",
    { data: X, shape },
    { shape: [6] },
    RangeError,
    /^shape: expected \[2, 3\] as x has, got \[6\]$/,
  ],
  ["transposed", { data: X, shape, stride: [1, 2] }, undefined, TypeError, STRIDES],
  ["transposed, with offset", { data: X, shape, stride: [1, 2], offset: 0 }, undefined, TypeError, STRIDES],
  ["with strides apart", { data: new Float32Array(12), shape, strides: [6, 2] }, undefined, TypeError, STRIDES],
  ["with negative strides", { data: X, shape, strides: [-3, 1], offset: 3 }, undefined, TypeError, STRIDES],
  ["broadcast", { data: X, shape, strides: [0, 1], offset: 0 }, undefined, TypeError, STRIDES],
  ["with too few strides", { data: X, shape, strides: [1] }, undefined, TypeError, STRIDES],
  ["with strides of a wrong kind", { data: X, shape, strides: "3,1" }, undefined, TypeError, STRIDES],
  [
    "with an offset too far",
    { data: X, shape: [4], offset: 3 },
    undefined,
    RangeError,
    /^x\.offset: expected an integer from 0 to 2, got 3$/,
  ],
  ["with a negative offset", { data: X, shape: [4], offset: -1 }, undefined, RangeError, /^x\.offset: .* got -1$/],
  ["with a fractional offset", { data: X, shape: [4], offset: 0.5 }, undefined, RangeError, /^x\.offset: .* got 0.5$/],
  ["with offset NaN", { data: X, shape: [4], offset: Number.NaN }, undefined, RangeError, /^x\.offset: .* got NaN$/],
  [
    "with an offset of a wrong kind",
    { data: X, shape: [4], offset: "1" },
    undefined,
    TypeError,
    /^x\.offset: expected an integer, got "1"$/,
  ],
  [
    "too short for any offset",
    { data: X, shape: [7], offset: 0 },
    undefined,
    RangeError,
    /^x\.shape: \[7\] holds 7 elements, x\.data has 6$/,
  ],
];

describe.each(IMPLEMENTATIONS)("$name", ({ softmax }) => {
  describe.each([
    ["x", INPUTS],
    ["x, a tensor", TENSORS],
  ])("%s", (_, cases) => {
    it.each(cases)("%s", (_, x, options, kind, message) => {
      expectError(softmax, x, options, kind, message);
    });
  });
});
