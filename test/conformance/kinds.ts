// Every kind of input gives the numbers that typed arrays do, and comes back as it came.

import { CONTRACT } from "../support/contract.js";
import { Float16, fromBits, toBits } from "../support/float16.js";
import type { Context, Floats, Options, Subject } from "./entries.js";
import { alike, floats, logits, valuesOf } from "./numbers.js";

interface Op {
  readonly name: string;
  /** How many arrays like x it takes; then other arguments. */
  readonly inputs: 1 | 2;
  readonly rest?: readonly unknown[];
  /** The shape of the result for rows of 3 in [2, 3]. */
  readonly shape: readonly number[];
  readonly options?: Options;
}

const OPS: readonly Op[] = [
  { name: "softmax", inputs: 1, shape: [2, 3] },
  { name: "logSoftmax", inputs: 1, shape: [2, 3] },
  { name: "sigmoid", inputs: 1, shape: [2, 3] },
  { name: "hardmax", inputs: 1, shape: [2, 3] },
  { name: "logSumExp", inputs: 1, shape: [2] },
  { name: "logSumExp", inputs: 1, shape: [2, 1], options: { keepDims: true } },
  { name: "entropy", inputs: 1, shape: [2] },
  { name: "klDivergence", inputs: 2, shape: [2] },
  { name: "softmaxJacobian", inputs: 1, shape: [2, 3, 3] },
  { name: "softmaxHessian", inputs: 1, shape: [2, 3, 3, 3] },
  { name: "softmaxHessianComponent", inputs: 1, rest: [1], shape: [2, 3, 3] },
  { name: "softmaxVjp", inputs: 2, shape: [2, 3] },
  { name: "softmaxJvp", inputs: 2, shape: [2, 3] },
  { name: "logSoftmaxVjp", inputs: 2, shape: [2, 3] },
  { name: "logProb", inputs: 1, rest: [Int32Array.of(2, 0)], shape: [2] },
  { name: "crossEntropy", inputs: 1, rest: [Int32Array.of(2, 0)], shape: [2], options: { reduction: "none" } },
];

export function checkKinds(context: Context): void {
  for (const subject of context.subjects) {
    for (const op of OPS) checkOp(context, subject, op);
    checkChosen(context, subject);
    checkFloat16(context, subject);
    checkSmall(context, subject);
  }
}

/** Positive numbers, which serve as logits and as probabilities. */
const given = (seed: number): Float64Array => logits("float64", 6, seed, 2).map((v) => (v + 3) / 8) as Float64Array;

function checkOp({ suite }: Context, subject: Subject, { name, inputs, rest = [], shape, options = {} }: Op): void {
  const what = `${name}: ${subject.name}${options["keepDims"] ? ", keepDims" : ""}`;
  const run = (make: (x: Float64Array) => unknown, more: Options = {}): unknown =>
    subject.loose[name]!(...Array.from({ length: inputs }, (_, i) => make(given(i + 1))), ...rest, {
      ...options,
      ...more,
    });
  // A sigmoid has no rows, and so no shape; one of [2, 3] is the same to it.
  const flat = name === "sigmoid" ? {} : { shape: [2, 3] };
  suite.group(what, () => {
    const expected = run((x) => x, flat) as Floats;
    const count = shape.reduce((a, b) => a * b);
    suite.check(`${what}: float64`, expected instanceof Float64Array && expected.length === count, expected, count);
    const nested = run((x) => nest(x, [2, 3]));
    suite.check(`${what}: nested`, same(nested, nest(expected, shape)), nested, nest(expected, shape));
    const row = name === "logSumExp" && options["keepDims"] ? [1] : shape.slice(1);
    if (rest.length === 0 || name === "softmaxHessianComponent") {
      const one = run((x) => Array.from(x.subarray(0, 3)));
      suite.check(`${what}: one row`, same(one, nest(expected, row)), one, nest(expected, row));
    }
    for (const dtype of ["float32", "float64"] as const) {
      const typed = run((x) => floats(dtype, x), flat) as Floats;
      for (const key of ["shape", "dims"]) {
        const tensor = run((x) => ({ data: floats(dtype, x), [key]: [2, 3], type: dtype })) as Record<string, unknown>;
        const data = tensor["data"] as Floats;
        const good = data.constructor === typed.constructor && alike(data, typed) && same(tensor[key], shape);
        suite.check(`${what}: ${dtype} tensor with ${key}`, good, tensor, { data: typed, [key]: shape });
      }
    }
  });
}

/** Whether two nestings are the same. */
function same(got: unknown, expected: unknown): boolean {
  return JSON.stringify(got) === JSON.stringify(expected);
}

function nest(values: ArrayLike<number>, sizes: readonly number[]): unknown {
  const [size, ...rest] = sizes;
  if (size === undefined) return values[0];
  const step = rest.reduce((a, b) => a * b, 1);
  return Array.from({ length: size }, (_, i) => nest(Array.from(values).slice(i * step, (i + 1) * step), rest));
}

function checkChosen({ suite }: Context, { name, loose }: Subject): void {
  const x = [
    [1, 3, 2],
    [5, 4, 5],
  ];
  const tensor = { data: Float32Array.from(x.flat()), dims: [2, 3] };
  const bits = { data: toBits(x.flat()), shape: [2, 3], dtype: "float16" };
  const cases: readonly (readonly [op: string, args: readonly unknown[], expected: unknown])[] = [
    ["argmax", [x], [1, 0]],
    ["argmax", [x[0]], 1],
    ["argmax", [x, { axis: 0 }], [1, 1, 1]],
    ["argmax", [x, { axis: null }], 3],
    ["argmax", [x, { keepDims: true }], [[1], [0]]],
    ["argmax", [tensor], { data: Int32Array.of(1, 0), dims: [2] }],
    ["argmax", [bits], { data: Int32Array.of(1, 0), shape: [2], dtype: "int32" }],
    [
      "topK",
      [x, 2],
      {
        values: [
          [3, 2],
          [5, 5],
        ],
        indices: [
          [1, 2],
          [0, 2],
        ],
      },
    ],
    ["topK", [x[0], 1], { values: [3], indices: [1] }],
    [
      "topK",
      [tensor, 1],
      { values: { data: Float32Array.of(3, 5), dims: [2, 1] }, indices: { data: Int32Array.of(1, 0), dims: [2, 1] } },
    ],
    [
      "logSumExpSigned",
      [
        [
          [0, 0],
          [0, 0],
        ],
        { weights: [2, -3] },
      ],
      { value: [0, 0], sign: [-1, -1] },
    ],
    ["crossEntropy", [[0, 0], [1n].map(Number)[0]], Math.LN2],
    ["crossEntropy", [[[0, 0]], BigInt64Array.of(1n)], Math.LN2],
    ["crossEntropy", [[[0, 0]], Uint8Array.of(1)], Math.LN2],
  ];
  for (const [op, args, expected] of cases) {
    const what = `${op}: ${name} (${JSON.stringify(args, (_, v: unknown) => (typeof v === "bigint" ? String(v) : v))})`;
    suite.group(what, () => {
      const got = loose[op]!(...args);
      const close = valuesOf(got).every((v, i) => Math.abs(v - (valuesOf(expected)[i] as number)) < 1e-15);
      suite.check(what, close && same(form(got), form(expected)), got, expected);
    });
  }
}

/** Everything about a value but its numbers. */
function form(value: unknown): unknown {
  if (typeof value === "number") return "number";
  if (ArrayBuffer.isView(value)) return [value.constructor.name, (value as Floats).length];
  if (Array.isArray(value)) return value.map(form);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, part]) => [
    name,
    name === "data" || name === "values" ? form(part) : part,
  ]);
  return Object.fromEntries(entries.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
}

/** Whether float16 bits are those nearest to some numbers that these, of float32, stand for. */
function isRounded(bits: Uint16Array, numbers: Float32Array): boolean {
  const { logSoftmax } = CONTRACT.float32;
  const [below, above] = [1 - logSoftmax, 1 + logSoftmax].map((factor) => toBits(numbers.map((v) => v * factor)));
  return bits.length === numbers.length && bits.every((word, i) => word === below?.[i] || word === above?.[i]);
}

/** Computed in float32, or more exactly, and rounded once. */
function checkFloat16({ suite }: Context, subject: Subject): void {
  for (const length of [1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33, 100, 257, 1025]) {
    const bits = toBits(logits("float32", 3 * length, length));
    const wide = Float32Array.from(fromBits(bits));
    for (const op of ["softmax", "logSoftmax", "logSumExp", "hardmax"]) {
      const run = subject.loose[op]!;
      for (const axis of [1, 0]) {
        const shape = axis === 1 ? [3, length] : [length, 3];
        const what = `${op}: ${subject.name}, float16 [${shape}] along ${axis}`;
        suite.group(what, () => {
          const expected = run(wide, { shape, axis }) as Float32Array;
          const got = run({ data: bits, dims: shape, type: "float16" }, { axis }) as {
            data: Uint16Array;
            type: string;
          };
          const good = got.data instanceof Uint16Array && got.type === "float16" && isRounded(got.data, expected);
          suite.check(what, good, got, expected);
          if (Float16 === undefined) return;
          const typed = run(new Float16(bits.slice().buffer), { shape, axis }) as Float32Array;
          const words = new Uint16Array(typed.buffer, typed.byteOffset, typed.length);
          suite.check(`${what}, Float16Array`, alike(words, got.data), words, got.data);
        });
      }
    }
  }
  const what = `softmax: ${subject.name}, special numbers of float16`;
  suite.group(what, () => {
    for (const [x, expected] of [
      [
        [65504, -65504],
        [1, 0],
      ],
      [
        [NaN, 1],
        [NaN, NaN],
      ],
      [
        [Infinity, 1],
        [NaN, NaN],
      ],
      [
        [-Infinity, 1],
        [0, 1],
      ],
      [
        [2 ** -24, 2 ** -24],
        [0.5, 0.5],
      ],
      [
        [0, Math.log(3)],
        [0.25, 0.75],
      ],
    ] as const) {
      const got = subject.loose["softmax"]!({ data: toBits(x), shape: [2], dtype: "float16" }) as { data: Uint16Array };
      suite.check(`${what}: [${x}]`, alike(fromBits(got.data), expected), Array.from(fromBits(got.data)), expected);
    }
  });
}

/** What a reader of the documents would try first. */
function checkSmall({ suite }: Context, { name, loose }: Subject): void {
  const softmax = loose["softmax"]!;
  const third = 1 / 3;
  const deep = [
    [
      [0, 0],
      [0, Math.LN2],
    ],
    [
      [0, 0],
      [0, 0],
    ],
  ];
  for (const [x, options, expected] of [
    [[0, Math.LN2], {}, [third, 2 * third]],
    [[0, 0, 0], {}, [third, third, third]],
    [
      [
        [1, 1],
        [1, 1],
      ],
      { axis: null },
      [0.25, 0.25, 0.25, 0.25],
    ],
    [
      [
        [0, 0],
        [Math.LN2, 0],
      ],
      { axis: 0 },
      [third, 0.5, 2 * third, 0.5],
    ],
    [deep, { axis: 1 }, [0.5, third, 0.5, 2 * third, 0.5, 0.5, 0.5, 0.5]],
    [[0, 0, 0, Math.LN2], { shape: [2, 2] }, [0.5, 0.5, third, 2 * third]],
    [[7], {}, [1]],
  ] as const) {
    const what = `softmax: ${name} (${JSON.stringify(x)}, ${JSON.stringify(options)})`;
    suite.group(what, () => {
      const before = JSON.stringify(x);
      const got = softmax(x, options);
      const close = valuesOf(got).every((v, i) => Math.abs(v - (expected[i] as number)) <= 2 ** -52);
      suite.check(what, close && valuesOf(got).length === expected.length, got, expected);
      suite.check(`${what}: x as it was`, JSON.stringify(x) === before, x, before);
    });
  }
  suite.group(`softmax: ${name}, nested out`, () => {
    const out = [
      [9, 9],
      [9, 9],
    ];
    const got = softmax(
      [
        [0, 0],
        [3, 3],
      ],
      { out },
    );
    suite.check(`softmax: ${name}, nested out`, got === out && out.flat().every((v) => v === 0.5), out, 0.5);
  });
}
