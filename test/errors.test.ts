import { describe, it } from "vitest";
import { IMPLEMENTATIONS } from "./support/implementations.js";
import { expectError } from "./support/misuse.js";

/** [what is wrong, options beside x = 1 … 6 of float32, the error's class, its message] */
type Case = readonly [name: string, options: unknown, kind: ErrorConstructor, message: RegExp];

const X = new Float32Array([1, 2, 3, 4, 5, 6]);

const OPTIONS: readonly Case[] = [
  ["null", null, TypeError, /^options: expected an object, got null$/],
  ["an array", [2, 3], TypeError, /^options: expected an object, got an array of length 2$/],
  ["a typed array", new Float32Array(6), TypeError, /^options: expected an object, got Float32Array\(6\)$/],
  ["a number", -1, TypeError, /^options: expected an object, got -1$/],
  ["a string", "axis", TypeError, /^options: expected an object, got "axis"$/],
  ["a boolean", true, TypeError, /^options: expected an object, got true$/],
  ["a function", () => ({}), TypeError, /^options: expected an object, got a function$/],
  ["dim", { dim: 0 }, TypeError, /^unknown option "dim": did you mean "axis"\?$/],
  ["dims", { dims: [2, 3] }, TypeError, /"dims": did you mean "shape"\?$/],
  ["axes", { axes: [0] }, TypeError, /"axes": did you mean "axis"\?$/],
  ["mask", { mask: [1] }, TypeError, /^unknown option "mask": did you mean "where"\?$/],
  ["temprature", { temprature: 2 }, TypeError, /^unknown option "temprature": did you mean "temperature"\?$/],
  ["Temperature", { Temperature: 2 }, TypeError, /"Temperature": did you mean "temperature"\?$/],
  ["tau", { tau: 2 }, TypeError, /"tau": did you mean "temperature"\?$/],
  ["output", { output: new Float32Array(6) }, TypeError, /"output": did you mean "out"\?$/],
  ["one too far from any", { cup: 1 }, TypeError, /^unknown option "cup": expected one of /],
  [
    "one like none",
    { quantile: 2 },
    TypeError,
    /^unknown option "quantile": expected one of shape, axis, out, where, temperature, beta, base$/,
  ],
  ["another export's option", { maxMemory: 1 }, TypeError, /^unknown option "maxMemory": expected one of shape, /],
  ["a name of Object.prototype", { constructor: 1 }, TypeError, /^unknown option "constructor": expected one of /],
  ["an unknown one that is undefined", { dim: undefined }, TypeError, /^unknown option "dim"/],
  ["an inherited one", Object.create({ dim: 0 }), TypeError, /^unknown option "dim"/],
];

const SHAPES: readonly Case[] = [
  ["too many elements", { shape: [2, 4] }, RangeError, /^shape: \[2, 4\] holds 8 elements, x has 6$/],
  ["too few", { shape: [5] }, RangeError, /^shape: \[5\] holds 5 elements, x has 6$/],
  ["a scalar's", { shape: [] }, RangeError, /^shape: \[\] holds 1 elements, x has 6$/],
  ["no elements", { shape: [0, 6] }, RangeError, /^shape: \[0, 6\] holds 0 elements, x has 6$/],
  ["a fractional size", { shape: [1.5, 4] }, RangeError, /^shape\[0\]: expected an integer of 0 or more, got 1.5$/],
  ["a negative size", { shape: [-2, -3] }, RangeError, /^shape\[0\]: expected an integer of 0 or more, got -2$/],
  ["a size to be inferred", { shape: [-1, 3] }, RangeError, /^shape\[0\]: .*got -1$/],
  ["NaN", { shape: [6, Number.NaN] }, RangeError, /^shape\[1\]: expected an integer of 0 or more, got NaN$/],
  ["Infinity", { shape: [6, Number.POSITIVE_INFINITY] }, RangeError, /^shape\[1\]: .* got Infinity$/],
  ["an unsafe integer", { shape: [2 ** 53] }, RangeError, /^shape\[0\]: .* got 9007199254740992$/],
  ["strings", { shape: ["2", "3"] }, TypeError, /^shape\[0\]: expected a number, got "2"$/],
  ["bigints", { shape: [2n, 3n] }, TypeError, /^shape\[0\]: expected a number, got 2n$/],
  ["a hole", { shape: new Array(1) }, TypeError, /^shape\[0\]: expected a number, got undefined$/],
  ["null", { shape: null }, TypeError, /^shape: expected an array of sizes, got null$/],
  ["a number", { shape: 6 }, TypeError, /^shape: expected an array of sizes, got 6$/],
  ["a string", { shape: "2,3" }, TypeError, /^shape: expected an array of sizes, got "2,3"$/],
  ["an object", { shape: { 0: 6, length: 1 } }, TypeError, /^shape: expected an array of sizes, got an object$/],
  [
    "floats",
    { shape: new Float32Array([2, 3]) },
    TypeError,
    /^shape: expected an array of sizes, got Float32Array\(2\)$/,
  ],
];

const shape = [2, 3];
const OUT_OF_RANGE = /^axis: expected an integer from -2 to 1 for shape \[2, 3\], got /;

const AXES: readonly Case[] = [
  ["too large", { shape, axis: 2 }, RangeError, OUT_OF_RANGE],
  ["too small", { shape, axis: -3 }, RangeError, OUT_OF_RANGE],
  [
    "beyond the default shape",
    { axis: 1 },
    RangeError,
    /^axis: expected an integer from -1 to 0 for shape \[6\], got 1$/,
  ],
  ["fractional", { shape, axis: 0.5 }, RangeError, OUT_OF_RANGE],
  ["NaN", { shape, axis: Number.NaN }, RangeError, OUT_OF_RANGE],
  ["Infinity", { shape, axis: Number.NEGATIVE_INFINITY }, RangeError, OUT_OF_RANGE],
  ["a string", { shape, axis: "1" }, TypeError, /^axis: expected an integer, .* or null, got "1"$/],
  ["a bigint", { shape, axis: 1n }, TypeError, /^axis: expected an integer, .* or null, got 1n$/],
  ["a boolean", { shape, axis: true }, TypeError, /^axis: .* got true$/],
  ["an object", { shape, axis: { valueOf: () => 1 } }, TypeError, /^axis: .* got an object$/],
  ["an empty list", { shape, axis: [] }, RangeError, /^axis: expected adjacent axes, each once, got \[\]$/],
  ["repeated", { shape, axis: [1, 1] }, RangeError, /^axis: expected adjacent axes, each once, got \[1, 1\]$/],
  [
    "repeated by another name",
    { shape, axis: [1, -1] },
    RangeError,
    /^axis: expected adjacent axes, .* got \[1, -1\]$/,
  ],
  ["not adjacent", { shape: [1, 2, 3], axis: [0, 2] }, RangeError, /^axis: expected adjacent axes, .* got \[0, 2\]$/],
  ["out of range in a list", { shape, axis: [0, 2] }, RangeError, OUT_OF_RANGE],
  ["fractional in a list", { shape, axis: [0, 0.5] }, RangeError, OUT_OF_RANGE],
  ["a string in a list", { shape, axis: ["0"] }, TypeError, /^axis: expected an integer, got "0"$/],
  ["a hole in a list", { shape, axis: new Array(1) }, TypeError, /^axis: expected an integer, got undefined$/],
  ["nested lists", { shape, axis: [[0, 1]] }, TypeError, /^axis: expected an integer, got an array of length 2$/],
];

const SCALINGS: readonly Case[] = [
  ["temperature and beta", { temperature: 1, beta: 1 }, TypeError, /^temperature, beta: expected at most one of them/],
  ["temperature and base", { temperature: 1, base: 2 }, TypeError, /^temperature, base: expected at most one of them/],
  ["beta and base", { beta: 1, base: 2 }, TypeError, /^beta, base: expected at most one of them/],
  ["all three", { temperature: 1, beta: 1, base: 2 }, TypeError, /^temperature, beta, base: expected at most one/],
  ["NaN twice", { temperature: Number.NaN, beta: Number.NaN }, TypeError, /^temperature, beta: expected at most one/],
  ...["temperature", "beta", "base"].flatMap((name): Case[] => [
    [
      `${name} NaN`,
      { [name]: Number.NaN },
      RangeError,
      new RegExp(`^${name}: expected a number( of 0 or more)?, got NaN$`),
    ],
    [`${name} null`, { [name]: null }, TypeError, new RegExp(`^${name}: expected a number, got null$`)],
    [`${name} a string`, { [name]: "2" }, TypeError, new RegExp(`^${name}: expected a number, got "2"$`)],
    [`${name} a bigint`, { [name]: 2n }, TypeError, new RegExp(`^${name}: expected a number, got 2n$`)],
    [`${name} an array`, { [name]: [2] }, TypeError, new RegExp(`^${name}: expected a number, got an array`)],
    [`${name} a Number object`, { [name]: Object(2) }, TypeError, new RegExp(`^${name}: .* got an object$`)],
    [`${name} a symbol`, { [name]: Symbol("s") }, TypeError, new RegExp(`^${name}: .* got Symbol\\(s\\)$`)],
  ]),
  ["base negative", { base: -2 }, RangeError, /^base: expected a number of 0 or more, got -2$/],
  [
    "base -Infinity",
    { base: Number.NEGATIVE_INFINITY },
    RangeError,
    /^base: expected a number of 0 or more, got -Infinity$/,
  ],
];

const VALUES = /expected true, false, 0 or 1, got /;

const MASKS: readonly Case[] = [
  ["null", { where: null }, TypeError, /^where: expected booleans or 0 and 1 in an array, .* got null$/],
  ["a boolean", { where: true }, TypeError, /^where: expected booleans .* got true$/],
  ["a string", { where: "111111" }, TypeError, /^where: expected booleans .* got "111111"$/],
  ["a function", { where: () => true }, TypeError, /^where: expected booleans .* got a function$/],
  ["a Set", { where: new Set([1]) }, TypeError, /^where: expected booleans .* got an object$/],
  ["no shape", { where: { data: new Uint8Array(6) } }, TypeError, /^where: expected booleans .* got an object$/],
  ["no data", { where: { shape: [6] } }, TypeError, /^where: expected booleans .* got an object$/],
  ["data of a wrong kind", { where: { data: "111111", shape } }, TypeError, /^where\.data: expected .* got "111111"$/],
  [
    "an additive mask",
    { where: new Float32Array(6) },
    TypeError,
    /^where: expected booleans or integers .* got Float32Array\(6\)$/,
  ],
  ["data behind a call", { where: { data: () => [], shape } }, TypeError, /^where: .* pass \{ data: await where\.data/],
  [
    "a wrong shape",
    { where: { data: [1, 1], shape: 2 } },
    TypeError,
    /^where\.shape: expected an array of sizes, got 2$/,
  ],
  [
    "wrong dims",
    { where: { data: [1, 1], dims: [-2] } },
    RangeError,
    /^where\.dims\[0\]: expected an integer .* got -2$/,
  ],
  [
    "data and shape",
    { where: { data: [1, 1], shape: [3] } },
    RangeError,
    /^where\.shape: \[3\] holds 3 elements, .* 2$/,
  ],
  ["2", { where: [1, 0, 2, 1, 1, 1] }, RangeError, /^where\[2\]: expected true, false, 0 or 1, got 2$/],
  ["-1", { where: new Int8Array([1, 1, 1, 1, 1, -1]) }, RangeError, /^where\[5\]: expected true, .* got -1$/],
  ["255", { where: new Uint8Array(6).fill(255) }, RangeError, /^where\[0\]: expected true, .* got 255$/],
  ["2n", { where: new BigInt64Array(6).fill(2n) }, RangeError, /^where\[0\]: expected true, .* got 2n$/],
  ["0.5", { where: [1, 0.5, 1, 1, 1, 1] }, RangeError, /^where\[1\]: expected true, .* got 0.5$/],
  ["NaN", { where: [Number.NaN, 1, 1, 1, 1, 1] }, RangeError, /^where\[0\]: expected true, .* got NaN$/],
  ["strings", { where: ["1"] }, TypeError, VALUES],
  ["null within", { where: [null] }, TypeError, VALUES],
  ["a hole", { where: new Array(6) }, TypeError, VALUES],
  ["2 in nested arrays", { shape, where: [[1], [2]] }, RangeError, /^where\[1\]\[0\]: expected true, .* got 2$/],
  [
    "2 in data",
    { shape, where: { data: [1, 2], dims: [2, 1] } },
    RangeError,
    /^where\.data\[1\]: expected true, .* got 2$/,
  ],
  ["ragged", { shape, where: [[1, 0, 1], [1]] }, RangeError, /^where\[1\]: expected an array of length 3 .* ragged$/],
  [
    "ragged in depth",
    { shape, where: [[true], false] },
    RangeError,
    /^where\[1\]: expected an array of length 1 .* ragged$/,
  ],
  ["too long", { where: new Uint8Array(7) }, RangeError, /^where: expected 6 elements \(all of x\) .* got 7$/],
  ["too short", { shape, where: [1, 1] }, RangeError, /^where: expected 6 elements .* or 3 \(one axis\), got 2$/],
  ["another axis' worth", { shape, axis: 0, where: [1, 1, 1] }, RangeError, /^where: .* or 2 \(one axis\), got 3$/],
  ["empty", { where: [] }, RangeError, /^where: expected 6 elements .* got 0$/],
  [
    "sizes that differ",
    { shape, where: [[1, 1]] },
    RangeError,
    /^where: shape \[1, 2\] does not broadcast to .* \[2, 3\]$/,
  ],
  ["too high a rank", { where: [[1, 1, 1, 1, 1, 1]] }, RangeError, /^where: shape \[1, 6\] does not broadcast to/],
  ["empty nested arrays", { shape, where: [[], []] }, RangeError, /^where: shape \[2, 0\] does not broadcast to/],
  [
    "strides",
    { shape, where: { data: X.map(() => 1), shape, stride: [1, 2] } },
    TypeError,
    /^where: expected contiguous/,
  ],
];

describe.each(IMPLEMENTATIONS)("$name", ({ softmax }) => {
  describe.each([
    ["options", OPTIONS],
    ["shape", SHAPES],
    ["axis", AXES],
    ["temperature, beta, base", SCALINGS],
    ["where", MASKS],
  ])("%s", (_, cases) => {
    it.each(cases)("%s", (_, options, kind, message) => {
      expectError(softmax, X, options, kind, message);
    });
  });

  it("leaves a right `out` as it was where another option is wrong", () => {
    const out = new Float32Array(6).fill(7);
    for (const [, options] of [...SHAPES, ...AXES, ...SCALINGS, ...MASKS]) {
      expectError(softmax, X, { ...(options as object), out }, Error, /./);
    }
  });
});
