import { describe, expect, it } from "vitest";
import {
  ALL,
  callOp,
  expectOpError,
  formShape,
  LIBRARIES,
  OPS,
  type Op,
  rowwise,
  secondFor,
  taken,
} from "./support/ops.js";

/** [what is wrong, the options, the error's class, its message] */
type Case = readonly [name: string, options: unknown, kind: ErrorConstructor, message: RegExp];

const shape = [2, 3];
const f32 = (): Float32Array => new Float32Array([0.1, 0.2, 0.7, 0.3, 0.3, 0.4]);

/** Each is held against the ops that take its options. */
const OPTIONS: readonly Case[] = [
  ["options null", null, TypeError, /^options: expected an object, got null$/],
  ["options an array", [2, 3], TypeError, /^options: expected an object, got an array of length 2$/],
  ["options a typed array", new Float32Array(6), TypeError, /^options: expected an object, got Float32Array\(6\)$/],
  ["options a number", -1, TypeError, /^options: expected an object, got -1$/],
  ["shape a string", { shape: "2,3" }, TypeError, /^shape: expected an array of sizes, got "2,3"$/],
  ["shape too large", { shape: [2, 4] }, RangeError, /^shape: \[2, 4\] holds 8 elements, \w+ has 6$/],
  ["shape negative", { shape: [-2, -3] }, RangeError, /^shape\[0\]: expected an integer of 0 or more, got -2$/],
  ["axis too large", { shape, axis: 2 }, RangeError, /^axis: expected an integer from -2 to 1 .* got 2$/],
  ["axis a string", { shape, axis: "1" }, TypeError, /^axis: expected an integer, .* got "1"$/],
  ["axis repeated", { shape, axis: [1, 1] }, RangeError, /^axis: expected adjacent axes, each once/],
  ["where null", { where: null }, TypeError, /^where: expected booleans .* got null$/],
  ["where of 2", { where: [1, 1, 2, 1, 1, 1] }, RangeError, /^where\[2\]: expected true, false, 0 or 1, got 2$/],
  ["where of floats", { where: f32() }, TypeError, /^where: expected booleans or integers .* got Float32Array/],
  ["where too short", { shape, where: [1, 1] }, RangeError, /^where: expected 6 elements .* or 3 .* got 2$/],
  ["temperature and beta", { temperature: 1, beta: 1 }, TypeError, /^temperature, beta: expected at most one/],
  ["temperature NaN", { temperature: NaN }, RangeError, /^temperature: expected a number, got NaN$/],
  ["beta a string", { beta: "2" }, TypeError, /^beta: expected a number, got "2"$/],
  ["base negative", { base: -2 }, RangeError, /^base: expected a number of 0 or more, got -2$/],
  ["keepDims a number", { keepDims: 1 }, TypeError, /^keepDims: expected true or false, got 1$/],
  ["sorted a number", { sorted: 1 }, TypeError, /^sorted: expected true or false, got 1$/],
  ["keepDims null", { keepDims: null }, TypeError, /^keepDims: expected true or false, got null$/],
  ["from unknown", { from: "softmax" }, RangeError, /^from: expected "logits" or "probabilities", got "softmax"$/],
  ["from null", { from: null }, TypeError, /^from: expected "logits" or "probabilities", got null$/],
  ["weights null", { weights: null }, TypeError, /^weights: expected .* got null$/],
  ["weights of integers", { weights: new Int32Array(6) }, TypeError, /^weights: .* Float32Array\.from\(weights\)$/],
  ["weights of strings", { weights: ["1"] }, TypeError, /^weights\[0\]: expected a number, got "1"$/],
  ["weights too short", { shape, weights: [1, 1] }, RangeError, /^weights: expected 6 elements .* or 3 .* got 2$/],
  ["weights that do not broadcast", { shape, weights: [[1, 1]] }, RangeError, /^weights: shape \[1, 2\] does not/],
  ["out null", { out: null }, TypeError, /^out: expected Float32Array as \w+ is, got null$/],
  ["out of another dtype", { out: new Float64Array(6) }, TypeError, /^out: expected Float32Array as .* Float64Array/],
  ["out of integers", { out: new Int32Array(6) }, TypeError, /^out: expected Float32Array as .* Int32Array\(6\)$/],
  ["out nested", { out: [0, 0] }, TypeError, /^out: expected Float32Array as \w+ is, got an array of length 2$/],
  ["out a tensor", { out: { data: f32(), shape } }, TypeError, /^out: expected Float32Array as .* got an object$/],
  ["out too long", { shape, out: new Float32Array(99) }, RangeError, /^out: expected length \d+.*, got 99$/],
  ["out too short", { shape, out: new Float32Array(1) }, RangeError, /^out: expected length \d+.*, got 1$/],
];

const INFINITE = /^temperature, beta, base: expected a finite beta, got beta -?Infinity$/;
const REFUSED: readonly Case[] = [{ beta: Infinity }, { beta: -Infinity }, { temperature: 0 }, { base: 0 }].map(
  (options) => [`an infinite beta: ${JSON.stringify(options)}`, options, RangeError, INFINITE],
);
const ZERO: readonly Case[] = [{ beta: 0 }, { beta: -0 }, { temperature: Infinity }, { base: 1 }].map((options) => [
  `a beta of 0: ${JSON.stringify(options)}`,
  options,
  RangeError,
  /^temperature, beta, base: expected a beta other than 0, .* got beta 0$/,
]);

/** [an option that no op has, what is meant] */
const MEANT: readonly (readonly [name: string, meant: string])[] = [
  ["dim", "axis"],
  ["mask", "where"],
  ["temprature", "temperature"],
  ["keepdims", "keepDims"],
  ["keepdim", "keepDims"],
  ["keep_dims", "keepDims"],
  ["weigths", "weights"],
  ["ignore_index", "ignoreIndex"],
  ["label_smoothing", "labelSmoothing"],
  ["smoothing", "labelSmoothing"],
  ["sample_weight", "sampleWeight"],
  ["sampleWeights", "sampleWeight"],
  ["class_weight", "weight"],
  ["weights", "weight"],
  ["reduce", "reduction"],
  ["reductions", "reduction"],
];

function optionCases(op: Op): Case[] {
  const takes = (options: unknown): boolean =>
    options === null ||
    typeof options !== "object" ||
    Array.isArray(options) ||
    ArrayBuffer.isView(options) ||
    Object.keys(options).every((name) => op.options.includes(name));
  const refused = op.refuses === "infinite" ? REFUSED : op.refuses === "zero" ? ZERO : [];
  const given = [...OPTIONS, ...refused].filter(([, options]) => takes(options));
  const meant = MEANT.filter(([name, option]) => op.options.includes(option) && !op.options.includes(name));
  return [
    ...given,
    ...meant.map(([name, option]): Case => {
      return [name, { [name]: 1 }, TypeError, new RegExp(`^unknown option "${name}": did you mean "${option}"\\?$`)];
    }),
    [
      "an option of none",
      { quantile: 1 },
      TypeError,
      new RegExp(`^unknown option "quantile": expected one of ${op.options.join(", ")}$`),
    ],
    ["an inherited option", Object.create({ quantile: 1 }), TypeError, /^unknown option "quantile": expected one of /],
  ];
}

/** [what is wrong, x, the error's class, its message after the name] */
const INPUTS: readonly (readonly [name: string, x: unknown, kind: ErrorConstructor, message: RegExp])[] = [
  ["undefined", undefined, TypeError, /^: expected .*nested number arrays, or a tensor .* got undefined$/],
  ["null", null, TypeError, /^: expected .*nested number arrays, or a tensor .* got null$/],
  ["a string", "1,2", TypeError, /^: expected .* got "1,2"$/],
  ["a promise", Promise.resolve(f32()), TypeError, /^: expected .* got an object$/],
  ["a DataView", new DataView(new ArrayBuffer(8)), TypeError, /^: expected /],
  ["words", ["1", "2", "3"], TypeError, /^\[0\]: expected a number, got "1"$/],
  ["ragged", [[1, 2, 3], [4, 5]], RangeError, /^\[1\]: expected an array of length 3 .* ragged$/], // biome-ignore format: one case a line
  ["a tensor of a GPU", { dims: shape, location: "gpu-buffer" }, TypeError, /^: .* on "gpu-buffer"/],
  ["a tensor of TensorFlow.js", { shape, dataSync: () => f32() }, TypeError, /^: .* pass \{ data: await/],
  ["a tensor too short", { data: f32(), shape: [2, 4] }, RangeError, /^\.shape: \[2, 4\] holds 8 elements, .* has 6$/],
  ["a tensor transposed", { data: f32(), shape, strides: [1, 2] }, TypeError, /^: expected contiguous row-major data/],
];

const INTEGERS: typeof INPUTS = [
  ["a number", 1, TypeError, /^: expected .* got 1$/],
  ["integers", new Int32Array(6), TypeError, /^: expected .*, got Int32Array; convert its numbers with /],
  ["BigInts", new BigInt64Array(6), TypeError, /^: expected .*, got BigInt64Array; convert /],
  ["a tensor of integers", { data: new Int32Array(6), dims: shape }, TypeError, /^\.data: .* got Int32Array; convert /],
];

/** Another argument that must be like x. */
const LIKE: typeof INPUTS = [
  [
    "of another dtype",
    new Float64Array(6),
    TypeError,
    /^: expected float32 values as [yp] has, got Float64Array\(6\)$/,
  ],
  ["nested beside typed", [[0, 0, 0], [0, 0, 0]], TypeError, /^: expected float32 values as [yp] has, got /], // biome-ignore format: one case a line
  ["too short", new Float32Array(3), RangeError, /^: expected shape \[2, 3\] as [yp] has, got \[3\]$/],
  ["empty", new Float32Array(0), RangeError, /^: expected shape \[2, 3\] as [yp] has, got \[0\]$/],
  ["of another shape", { data: f32(), shape: [3, 2] }, RangeError, /^: expected shape \[2, 3\] .* got \[3, 2\]$/],
  [
    "float16 bits",
    { data: new Uint16Array(6), shape, dtype: "float16" },
    TypeError,
    /^: expected float32 values as [yp] has, got Uint16Array\(6\)$/,
  ],
];

const named = (name: string | undefined, message: RegExp): RegExp =>
  new RegExp(`^${name}${message.source.replace(/^\^/, "")}`);

describe.each(LIBRARIES)("$name", ({ library }) => {
  describe.each(ALL)("$name", (op) => {
    const base = taken(op, { shape });

    it.each(optionCases(op))("%s", (_, given, kind, message) => {
      const isObject =
        typeof given === "object" && given !== null && !Array.isArray(given) && !ArrayBuffer.isView(given);
      const inherits = isObject && Object.keys(given).length === 0;
      const options = isObject && !inherits ? { ...rowwise(op), ...given } : given;
      const x = f32();
      const rows = isObject && "shape" in given && op.options.includes("shape") ? 2 : 1;
      const second = secondFor(op, f32, rows);
      expectOpError(library, () => callOp(library, op, x, second, options), [x, second, options], kind, message);
    });

    it.each([...INPUTS, ...INTEGERS])(`${op.names[0]}: %s`, (_, x, kind, message) => {
      const second = secondFor(op, f32, 2);
      const act = () => callOp(library, op, x, second, rowwise(op));
      expectOpError(library, act, [x, second], kind, named(op.names[0], message));
    });

    const seconds = op.second === "like x" ? [...INPUTS, ...INTEGERS, ...LIKE] : [];
    if (seconds.length > 0)
      it(`${op.names[1]} of a wrong kind, dtype, length or shape`, () => {
        for (const [, second, kind, message] of seconds) {
          const x = f32();
          const act = () => callOp(library, op, x, second, base);
          expectOpError(library, act, [x, second], kind, named(op.names[1], message));
        }
      });

    it("leaves a right `out` as it was where anything else is wrong", () => {
      const length = op.options.includes("shape") ? 3 : 6;
      const out = new Float32Array(formShape(op.form, length === 3 ? [2] : [], length).reduce((a, b) => a * b, 1)).fill(
        7,
      );
      const options = rowwise(op, { ...base, ...taken(op, { out }) });
      for (const wrong of [
        { quantile: 1 },
        taken(op, { beta: "1" }),
        taken(op, { keepDims: 1 }),
        taken(op, { axis: 5 }),
      ]) {
        if (Object.keys(wrong).length === 0) continue;
        const act = () => callOp(library, op, f32(), secondFor(op, f32, 2), { ...options, ...wrong });
        expectOpError(library, act, [out], Error, /expected/);
      }
      expectOpError(
        library,
        () => callOp(library, op, [["1"]], secondFor(op, f32, 2), options),
        [out],
        TypeError,
        /^\w+\[0\]\[0\]/,
      );
    });
  });

  it("names the component that there is none of", () => {
    const op = OPS.find(({ second }) => second === "component")!;
    for (const [component, kind, message] of [
      [3, RangeError, /^component: expected an integer from 0 to 2, got 3$/],
      [-1, RangeError, /^component: expected an integer from 0 to 2, got -1$/],
      [0.5, RangeError, /^component: .* got 0.5$/],
      [NaN, RangeError, /^component: .* got NaN$/],
      ["0", TypeError, /^component: expected an integer, got "0"$/],
      [1n, TypeError, /^component: expected an integer, got 1n$/],
      [undefined, TypeError, /^component: expected an integer, got undefined$/],
      [{ shape }, TypeError, /^component: expected an integer, got an object$/],
      [[0], TypeError, /^component: expected an integer, got an array of length 1$/],
    ] as const) {
      const x = f32();
      const out = new Float32Array(18).fill(7);
      expectOpError(library, () => callOp(library, op, x, component, { shape, out }), [x, out], kind, message);
    }
    const none = () => library.softmaxHessianComponent(new Float32Array(0), 0, { shape: [3, 0] });
    expectOpError(library, none, [], RangeError, /^component: .* got 0$/);
  });

  it("refuses a result that is too large for any array, and works on", () => {
    const x = new Float64Array(200_000);
    const text = /^out of memory: asked for a result of 320000000000 bytes$/;
    expectOpError(library, () => library.softmaxJacobian(x), [], RangeError, text);
    expectOpError(
      library,
      () => library.softmaxHessian(x.subarray(0, 5000)),
      [],
      RangeError,
      /of 1000000000000 bytes$/,
    );
    // Without kernels the result is made in float64 first.
    const act = () => library.softmaxJacobian(new Float32Array(200_000));
    expectOpError(library, act, [], RangeError, /of (160|320)000000000 bytes$/);
    expect(library.softmaxJacobian(x.subarray(0, 2))).toEqual(new Float64Array([0.25, -0.25, -0.25, 0.25]));
  });
});
