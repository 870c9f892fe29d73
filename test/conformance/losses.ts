// Cross-entropy and log-probabilities: closed forms, the reference, and losses beside their gradients.

import { CONTRACT, type Dtype } from "../support/contract.js";
import { derivatives } from "../support/differences.js";
import type { Context, Options, Subject } from "./entries.js";
import { alike, almost, DTYPES, floats, integers, largestError, logits, shares, turned, valuesOf } from "./numbers.js";

const LN = Math.log;
const LENGTHS: readonly number[] = [1, 2, 3, 4, 7, 10, 17, 33, 64, 129, 257, 1000, 2049];
const ROWS = 5;

/** Worked by hand, nested: op, arguments, result. */
const WORKED: readonly (readonly [op: string, args: readonly unknown[], expected: readonly number[]])[] = [
  ["crossEntropy", [[0, LN(3)], 1], [LN(4 / 3)]],
  [
    "crossEntropy",
    [
      [
        [0, LN(3)],
        [0, 0],
      ],
      [1, 0],
    ],
    [(LN(4 / 3) + LN(2)) / 2],
  ],
  [
    "crossEntropy",
    [
      [
        [0, LN(3)],
        [0, 0],
      ],
      [1, 0],
      { reduction: "sum" },
    ],
    [LN(4 / 3) + LN(2)],
  ],
  [
    "crossEntropy",
    [
      [
        [0, LN(3)],
        [0, 0],
      ],
      [1, 0],
      { reduction: "none" },
    ],
    [LN(4 / 3), LN(2)],
  ],
  [
    "crossEntropy",
    [
      [
        [0, LN(3)],
        [0, 0],
      ],
      [1, -100],
    ],
    [LN(4 / 3)],
  ],
  [
    "crossEntropy",
    [
      [
        [0, LN(3)],
        [0, 0],
      ],
      [1, 0],
      { weight: [1, 3] },
    ],
    [(3 * LN(4 / 3) + LN(2)) / 4],
  ],
  [
    "crossEntropy",
    [
      [
        [0, LN(3)],
        [0, 0],
      ],
      [1, 0],
      { sampleWeight: [1, 3] },
    ],
    [(LN(4 / 3) + 3 * LN(2)) / 4],
  ],
  [
    "crossEntropy",
    [
      [0, LN(3)],
      [0.5, 0.5],
    ],
    [(LN(4) + LN(4 / 3)) / 2],
  ],
  ["crossEntropy", [[0, LN(3)], 1, { labelSmoothing: 0.5 }], [0.75 * LN(4 / 3) + 0.25 * LN(4)]],
  ["crossEntropy", [[0, LN(3)], 1, { beta: 2 }], [LN(10 / 9)]],
  ["crossEntropy", [[0, 7, LN(3)], 2, { where: [1, 0, 1] }], [LN(4 / 3)]],
  ["crossEntropyWithGrad", [[0, LN(3)], 1], [LN(4 / 3), 0.25, -0.25]],
  ["crossEntropyWithGrad", [[0, LN(3)], 1, { temperature: -1 }], [LN(4), -0.75, 0.75]],
  [
    "crossEntropyWithGrad",
    [
      [
        [0, LN(3)],
        [0, 0],
      ],
      [1, 0],
    ],
    [(LN(4 / 3) + LN(2)) / 2, 0.125, -0.125, -0.25, 0.25],
  ],
  [
    "crossEntropyWithGrad",
    [
      [0, LN(3)],
      [0.5, 0.5],
    ],
    [(LN(4) + LN(4 / 3)) / 2, -0.25, 0.25],
  ],
  [
    "logProb",
    [
      [
        [0, LN(3)],
        [0, 0],
      ],
      [1, 0],
    ],
    [LN(3 / 4), LN(1 / 2)],
  ],
  ["logProb", [[0, LN(3)], 0, { beta: 2 }], [LN(1 / 10)]],
  ["entropy", [[0.25, 0.25, 0.25, 0.25]], [LN(4)]],
  ["entropy", [[0.25, 0.75]], [0.25 * LN(4) + 0.75 * LN(4 / 3)]],
  [
    "klDivergence",
    [
      [0.5, 0.5],
      [0.25, 0.75],
    ],
    [0.5 * LN(2) + 0.5 * LN(2 / 3)],
  ],
  ["logSumExpSigned", [[LN(3), LN(5)], { weights: [1, -1] }], [LN(2), -1]],
  ["logSumExp", [[LN(3), LN(5)], { weights: [2, 3] }], [LN(21)]],
];

export function checkLosses(context: Context): void {
  const { suite } = context;
  for (const subject of context.subjects) {
    for (const [op, args, expected] of WORKED) {
      const what = `${op}: ${subject.name} (${JSON.stringify(args)})`;
      suite.group(what, () => {
        const got = valuesOf(subject.loose[op]!(...args));
        suite.check(what, almost(got, expected, "float64", 8), got, expected);
      });
    }
    for (const dtype of DTYPES) {
      for (const length of LENGTHS) {
        checkBatch(context, subject, dtype, length);
      }
      checkGradients(context, subject, dtype);
    }
  }
}

/** A batch with classes and with soft targets, against the reference, along both axes. */
function checkBatch({ suite, reference }: Context, subject: Subject, dtype: Dtype, length: number): void {
  const what = `${subject.name}, ${dtype} ${ROWS}x${length}`;
  suite.group(`losses: ${what}`, () => {
    const exact = logits("float64", ROWS * length, length);
    const x = floats(dtype, exact);
    const next = integers(length, length);
    const labels = Int32Array.from({ length: ROWS }, (_, r) => (r === 3 ? -100 : next()));
    const soft = shares(dtype, ROWS * length, length, length);
    const shape = [ROWS, length];
    const { terms } = CONTRACT[dtype];
    for (const [kind, targets, of] of [
      ["classes", labels, labels],
      ["probabilities", soft, Float64Array.from(soft)],
    ] as const) {
      const options = { shape, reduction: "none" } as const;
      const expected = reference.crossEntropyWithGrad(exact, of, options);
      const { loss, grad } = subject.crossEntropyWithGrad(x, targets, options);
      // A log-probability's terms: the logit below the maximum, and the logarithm of the sum.
      const sizes = expected.loss.map((v) => 2 * (16 + LN(length)) + Math.abs(v));
      close(`crossEntropyWithGrad: ${kind}, ${what}`, loss, expected.loss, 2 * terms, sizes);
      close(`gradient: ${kind}, ${what}`, grad, expected.grad, 4 * terms, new Float64Array(x.length).fill(1));
      const only = subject.crossEntropy(x, targets, options);
      suite.check(`crossEntropy: ${kind}, ${what}: none`, alike(only, loss), only, loss);
      const across = subject.crossEntropyWithGrad(
        turned(x, ROWS, length),
        kind === "classes" ? labels : turned(soft, ROWS, length),
        {
          shape: [length, ROWS],
          axis: 0,
          reduction: "none",
        },
      );
      suite.check(
        `crossEntropyWithGrad: ${kind}, ${what}: along the first axis`,
        alike(across.grad, turned(grad, ROWS, length)) && alike(across.loss, loss),
        across,
        [loss, grad],
      );

      const total = subject.crossEntropy(x, targets, { shape, reduction: "sum" });
      const added = Array.from(loss).reduce((a, b) => a + b, 0);
      close(`crossEntropy: ${kind}, ${what}: sum`, [total], [added], 8 * terms, [1 + added]);
      const mean = subject.crossEntropy(x, targets, { shape });
      const count = kind === "classes" ? ROWS - 1 : ROWS;
      close(`crossEntropy: ${kind}, ${what}: mean`, [mean], [added / count], 8 * terms, [1 + added]);
    }
    const actions = labels.map((label) => Math.max(label, 0));
    const got = subject.logProb(x, actions, { shape });
    const logs = subject.logSoftmax(x, { shape });
    const expected = Float64Array.from(actions, (action, r) => logs[r * length + action] as number);
    close(`logProb: ${what}`, got, expected, 2 * CONTRACT[dtype].logSoftmax, expected);
  });

  function close(
    name: string,
    got: ArrayLike<number>,
    expected: ArrayLike<number>,
    most: number,
    sizes: ArrayLike<number>,
  ): void {
    const error = largestError(got, expected, dtype, sizes);
    suite.check(name, error <= most, error, `at most ${most}`);
  }
}

const SETTINGS: readonly Options[] = [
  {},
  { labelSmoothing: 0.25 },
  { weight: [1, 2, 0.5, 4] },
  { sampleWeight: [1, 0, 2] },
  { beta: 2 },
  { temperature: -2 },
  { reduction: "sum" },
  { where: [1, 1, 0, 1] },
  { labelSmoothing: 0.5, weight: [1, 2, 0.5, 4], sampleWeight: [2, 1, 1], temperature: 0.5 },
];

/** The gradient is what differences of the reference's loss say. */
function checkGradients({ suite, reference }: Context, subject: Subject, dtype: Dtype): void {
  const [rows, length] = [3, 4];
  const x = logits(dtype, rows * length, 9, 2);
  const soft = shares(dtype, rows * length, length, 1);
  for (const settings of SETTINGS) {
    for (const [kind, targets] of [
      ["classes", Int32Array.of(3, 1, 0)],
      ["probabilities", soft],
    ] as const) {
      const what = `${subject.name}, ${dtype} ${kind}, ${JSON.stringify(settings)}`;
      suite.group(`crossEntropyWithGrad: ${what}`, () => {
        const options = { shape: [rows, length], ...settings, ...numbersOf(settings) };
        const wide = targets === soft ? Float64Array.from(soft) : targets;
        const wideOptions = { shape: [rows, length], ...settings };
        const { loss, grad } = subject.crossEntropyWithGrad(x, targets, options);
        const slopes = derivatives((z) => [reference.crossEntropy(z as Float64Array, wide, wideOptions)], x).flat();
        const expected = reference.crossEntropy(Float64Array.from(x), wide, wideOptions);
        const bound = 1e-8 + 16 * CONTRACT[dtype].terms;
        const error = largestError(grad, slopes, dtype, new Float64Array(slopes.length).fill(1));
        suite.check(`gradient: ${what}`, error <= bound, error, `at most ${bound}`);
        suite.check(`loss: ${what}`, Math.abs(loss - expected) <= bound, loss, expected);
        const alone = subject.crossEntropy(x, targets, options);
        suite.check(`crossEntropy: ${what}`, alone === loss, alone, loss);
        const out = floats(dtype, x.length);
        const into = subject.crossEntropyWithGrad(x, targets, { ...options, out });
        suite.check(`crossEntropyWithGrad: ${what}: out`, into.grad === out && alike(out, grad), out, grad);
      });
    }
  }

  /** Weights in the dtype of the logits. */
  function numbersOf(settings: Options): Options {
    const entries = Object.entries(settings).filter(([name]) => /weight/i.test(name));
    return Object.fromEntries(entries.map(([name, values]) => [name, floats(dtype, values as number[])]));
  }
}
