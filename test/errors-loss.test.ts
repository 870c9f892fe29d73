import { describe, expect, it } from "vitest";
import { callOp, expectOpError, LIBRARIES, OPS, type Op, type Options } from "./support/ops.js";

/** [what is wrong, the second argument, the options, the error's class, its message] */
type Case = readonly [name: string, second: unknown, options: Options, kind: ErrorConstructor, message: RegExp];

const shape = [2, 3];
const X = (): Float32Array => new Float32Array([0.1, 0.2, 0.7, 0.3, 0.3, 0.4]);
const LABELS = new Int32Array([2, 0]);

const LOSSES = OPS.filter(({ second }) => second === "targets");
const LOG_PROB = OPS.filter(({ second }) => second === "actions");

/** Class indices, called targets or actions. */
const INDICES: readonly Case[] = [
  ["3 of 3", [2, 3], {}, RangeError, /^\w+\[1\]: expected an integer from 0 to 2.*, got 3$/],
  ["negative", [-1, 0], {}, RangeError, /^\w+\[0\]: expected an integer from 0 to 2.*, got -1$/],
  ["fractional", [0, 0.5], {}, RangeError, /^\w+\[1\]: expected an integer from 0 to 2.*, got 0.5$/],
  ["NaN", [0, NaN], {}, RangeError, /^\w+\[1\]: .* got NaN$/],
  ["Infinity", [Infinity, 0], {}, RangeError, /^\w+\[0\]: .* got Infinity$/],
  ["nested, out of range", [[0], [7]], {}, RangeError, /^\w+\[1\]: .* got 7$/],
  ["Int32Array", new Int32Array([1, -2]), {}, RangeError, /^\w+\[1\]: .* got -2$/],
  ["Int8Array", new Int8Array([127, 0]), {}, RangeError, /^\w+\[0\]: .* got 127$/],
  ["Uint8Array", new Uint8Array([0, 255]), {}, RangeError, /^\w+\[1\]: .* got 255$/],
  ["Uint16Array", new Uint16Array([0, 65535]), {}, RangeError, /^\w+\[1\]: .* got 65535$/],
  ["Uint32Array", new Uint32Array([2 ** 32 - 1, 0]), {}, RangeError, /^\w+\[0\]: .* got 4294967295$/],
  ["BigInt64Array", new BigInt64Array([2n, -1n]), {}, RangeError, /^\w+\[1\]: .* got -1$/],
  ["BigInts beyond int32", new BigInt64Array([2n ** 32n, 0n]), {}, RangeError, /^\w+\[0\]: .* got 4294967296$/],
  ["BigUint64Array", new BigUint64Array([2n ** 63n, 0n]), {}, RangeError, /^\w+\[0\]: .* got 9223372036854776000$/],
  ["int64 with dims", { data: new BigInt64Array([0n, 3n]), dims: [2] }, {}, RangeError, /^\w+\[1\]: .* got 3$/],
  ["along the first axis", [0, 1, 2], { axis: 0 }, RangeError, /^\w+\[2\]: expected an integer from 0 to 1.*, got 2$/],
  ["too few", [0], {}, RangeError, /^\w+: expected 2 class indices, one a row.*, got 1 values$/],
  ["too many", new Int32Array(3), {}, RangeError, /^\w+: expected 2 class indices, one a row, got 3 values$/],
  ["none", [], {}, RangeError, /^\w+: expected 2 class indices.*, got 0 values$/],
  ["one-hot integers", new Int32Array(6), {}, RangeError, /^\w+: expected 2 class indices, one a row, got 6 values$/],
  ["a number for two rows", 1, {}, RangeError, /^\w+: expected 2 class indices.*, got 1 values$/],
  ["a number out of range", 6, { shape: [6] }, RangeError, /^\w+\[0\]: expected an integer from 0 to 5.*, got 6$/],
  ["a fractional number", 0.5, { shape: [6] }, RangeError, /^\w+\[0\]: .* got 0.5$/],
  ["a BigInt out of range", 6n, { shape: [6] }, RangeError, /^\w+\[0\]: .* got 6$/],
  ["floats", new Float32Array(2), {}, TypeError, /^\w+: expected class indices as integers, got Float32Array\(2\)$/],
  ["float64", new Float64Array(2), {}, TypeError, /^\w+: expected class indices as integers, got Float64Array\(2\)$/],
  ["null", null, {}, TypeError, /^\w+: expected integers, Float16Array, .* got null$/],
  ["nothing", undefined, {}, TypeError, /^\w+: expected integers, .* got undefined$/],
  ["a string", "2, 0", {}, TypeError, /^\w+: expected integers, .* got "2, 0"$/],
  ["strings", ["2", "0"], {}, TypeError, /^\w+\[0\]: expected a number, got "2"$/],
  ["booleans", [true, false], {}, TypeError, /^\w+\[0\]: expected a number, got true$/],
  ["ragged", [[0], [1, 2]], {}, RangeError, /^\w+\[1\]: expected an array of length 1 .* ragged$/],
  ["a hole", [0, ...new Array(1)], {}, TypeError, /^\w+\[1\]: expected a number, got undefined$/],
  ["a tensor on a GPU", { dims: [2], location: "gpu-buffer" }, {}, TypeError, /^\w+: .* on "gpu-buffer"/],
  ["a tensor with strides", { data: LABELS, shape: [2], strides: [2] }, {}, TypeError, /^\w+: expected contiguous/],
  [
    "a tensor called float16",
    { data: LABELS, shape: [2], dtype: "float16" },
    {},
    TypeError,
    /^\w+: expected dtype "float16" with .* got "float16" with Int32Array\(2\)$/,
  ],
  [
    "rows in another order",
    { data: new Int32Array(6), dims: [3, 2] },
    { shape: [2, 3, 1], axis: -1 },
    RangeError,
    /^\w+: expected shape \[2, 3\], got \[3, 2\]$/,
  ],
  [
    "nested rows in another order",
    [[0, 0], [0, 0], [0, 0]], // biome-ignore format: rows
    { shape: [2, 1, 3], axis: 1 },
    RangeError,
    /^\w+: expected shape \[2, 3\], got \[3, 2\]$/,
  ],
];

const TARGETS: readonly Case[] = [
  ["ignored as another", [-100, -1], {}, RangeError, /^targets\[1\]: .* from 0 to 2 or ignoreIndex \(-100\), got -1$/],
  [
    "-100 where -1 is",
    [-100, -1],
    { ignoreIndex: -1 },
    RangeError,
    /^targets\[0\]: .* or ignoreIndex \(-1\), got -100$/,
  ],
  ["neither", [0, 0, 0, 0], {}, RangeError, /^targets: expected 2 class indices, .* or 6 probabilities, got 4 values$/],
  [
    "of another dtype",
    new Float64Array(6),
    {},
    TypeError,
    /^targets: expected float32 values as logits has, got Float64/,
  ],
  [
    "of another shape",
    { data: new Float32Array(6), shape: [3, 2] },
    {},
    RangeError,
    /^targets: expected shape \[2, 3\] as logits has, got \[3, 2\]$/,
  ],
  [
    "nested in another shape",
    [[0, 1], [0, 1], [0, 1]], // biome-ignore format: rows
    {},
    RangeError,
    /^targets: expected shape \[2, 3\] as logits has, got \[3, 2\]$/,
  ],
  ["words among probabilities", [[0, 0, "1"], [0, 1, 0]], {}, TypeError, /^targets\[0\]\[2\]: expected a number/], // biome-ignore format: rows
];

const OPTIONS: readonly Case[] = [
  ["ignoreIndex a string", LABELS, { ignoreIndex: "-1" }, TypeError, /^ignoreIndex: expected a number, got "-1"$/],
  ["ignoreIndex a BigInt", LABELS, { ignoreIndex: -1n }, TypeError, /^ignoreIndex: expected a number, got -1n$/],
  ["ignoreIndex NaN", LABELS, { ignoreIndex: NaN }, RangeError, /^ignoreIndex: expected a number, got NaN$/],
  ["ignoreIndex null", LABELS, { ignoreIndex: null }, TypeError, /^ignoreIndex: expected a number, got null$/],
  [
    "labelSmoothing above 1",
    LABELS,
    { labelSmoothing: 1.01 },
    RangeError,
    /^labelSmoothing: .* from 0 to 1, got 1.01$/,
  ],
  [
    "labelSmoothing below 0",
    LABELS,
    { labelSmoothing: -1e-9 },
    RangeError,
    /^labelSmoothing: .* from 0 to 1, got -1e-9$/,
  ],
  ["labelSmoothing NaN", LABELS, { labelSmoothing: NaN }, RangeError, /^labelSmoothing: .* got NaN$/],
  ["labelSmoothing a string", LABELS, { labelSmoothing: "0.1" }, TypeError, /^labelSmoothing: .* got "0.1"$/],
  [
    "labelSmoothing and where",
    LABELS,
    { labelSmoothing: 0.1, where: [1, 1, 1] },
    TypeError,
    /^labelSmoothing, where: expected at most one of them$/,
  ],
  [
    "reduction unknown",
    LABELS,
    { reduction: "avg" },
    RangeError,
    /^reduction: expected "mean" or "sum" or "none", got "avg"$/,
  ],
  ["reduction null", LABELS, { reduction: null }, TypeError, /^reduction: expected "mean" .* got null$/],
  ["reduction a boolean", LABELS, { reduction: true }, TypeError, /^reduction: .* got true$/],
  [
    "weight too short",
    LABELS,
    { weight: [1, 1] },
    RangeError,
    /^weight: expected 3 numbers, one for each of the classes, got 2$/,
  ],
  ["weight a number", LABELS, { weight: 2 }, TypeError, /^weight: expected .* got 2$/],
  [
    "weight negative",
    LABELS,
    { weight: [1, -1, 1] },
    RangeError,
    /^weight\[1\]: expected a finite number of 0 or more, got -1$/,
  ],
  ["weight NaN", LABELS, { weight: [1, 1, NaN] }, RangeError, /^weight\[2\]: .* got NaN$/],
  ["weight Infinity", LABELS, { weight: [Infinity, 1, 1] }, RangeError, /^weight\[0\]: .* got Infinity$/],
  ["weight of integers", LABELS, { weight: new Int32Array(3) }, TypeError, /^weight: .* Float32Array\.from\(weight\)$/],
  ["weight of strings", LABELS, { weight: ["1", "1", "1"] }, TypeError, /^weight\[0\]: expected a number, got "1"$/],
  ["weight null", LABELS, { weight: null }, TypeError, /^weight: expected .* got null$/],
  [
    "sampleWeight too long",
    LABELS,
    { sampleWeight: [1, 1, 1] },
    RangeError,
    /^sampleWeight: expected 2 numbers, .* rows, got 3$/,
  ],
  ["sampleWeight a number", LABELS, { sampleWeight: 1 }, TypeError, /^sampleWeight: expected .* got 1$/],
  ["sampleWeight negative", LABELS, { sampleWeight: [-0.5, 1] }, RangeError, /^sampleWeight\[0\]: .* got -0.5$/],
  [
    "sampleWeight NaN",
    LABELS,
    { sampleWeight: new Float32Array([1, NaN]) },
    RangeError,
    /^sampleWeight\[1\]: .* got NaN$/,
  ],
  [
    "sampleWeight in another order",
    new Int32Array(6),
    { shape: [2, 1, 3], axis: 1, sampleWeight: { data: new Float32Array(6), shape: [3, 2] } },
    RangeError,
    /^sampleWeight: expected shape \[2, 3\], got \[3, 2\]$/,
  ],
];

const REDUCED_OUT: readonly Case[] = ["mean", "sum", undefined].map((reduction) => [
  `out and reduction ${reduction}`,
  LABELS,
  { reduction, out: new Float32Array(2) },
  TypeError,
  /^out: expected reduction "none", whose result is an array, got "(mean|sum)"$/,
]);

function casesOf(op: Op): readonly Case[] {
  if (op.second === "actions") return INDICES;
  return [...INDICES, ...TARGETS, ...OPTIONS, ...(op.name === "crossEntropy" ? REDUCED_OUT : [])];
}

describe.each(LIBRARIES)("$name", ({ library }) => {
  describe.each([...LOSSES, ...LOG_PROB])("$name", (op) => {
    it.each(casesOf(op))("%s", (_, second, options, kind, message) => {
      const x = X();
      const given = { shape, ...options };
      const text = new RegExp(message.source.replace("^\\w+", `^${op.names[1]}`));
      expectOpError(library, () => callOp(library, op, x, second, given), [x, second, given], kind, text);
    });

    it("leaves `out` as it was where a class index is wrong", () => {
      const rows = op.form === "reduced" ? 2 : 6;
      const out = new Float32Array(rows).fill(7);
      const options = { shape, out, ...(op.name === "crossEntropy" && { reduction: "none" }) };
      for (const second of [[0, 3], new BigInt64Array(2).fill(-1n), [0], null]) {
        expectOpError(library, () => callOp(library, op, X(), second, options), [out], Error, /expected/);
      }
    });
  });

  it("takes no class index for no classes but the one ignored", () => {
    const none = new Float32Array(0);
    const act = () => library.crossEntropy(none, [0, 0], { shape: [2, 0] });
    expectOpError(library, act, [], RangeError, /^targets\[0\]: expected .*ignoreIndex \(-100\), got 0$/);
    expect(library.crossEntropy(none, [-100, -100], { shape: [2, 0], reduction: "sum" })).toBe(0);
  });
});
