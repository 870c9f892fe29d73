// Jacobians, Hessians and products with them, against differences of the reference's softmax and against each other.

import { CONTRACT, type Dtype } from "../support/contract.js";
import { derivatives } from "../support/differences.js";
import type { Context, Floats, Options, Subject } from "./entries.js";
import { alike, DTYPES, floats, largestError, logits, rowOf, turned } from "./numbers.js";

const LENGTHS: readonly number[] = [1, 2, 3, 4, 5, 8, 13, 17, 33];
const SCALES: readonly Options[] = [{}, { beta: 2 }, { temperature: 4 }, { beta: -1 }];
/** Central differences of float64 come this close. */
const ATOL = 1e-8;

export function checkDerivatives(context: Context): void {
  for (const length of LENGTHS) {
    const x = logits("float64", length, length, 2) as Float64Array;
    for (const scale of SCALES) {
      const slopes = derivatives((z) => context.reference.softmax(z, scale), x);
      for (const subject of context.subjects) {
        for (const dtype of DTYPES) checkRow(context, subject, dtype, x, scale, slopes);
      }
    }
  }
  for (const subject of context.subjects) {
    for (const dtype of DTYPES) {
      checkHessians(context, subject, dtype);
      checkBatch(context, subject, dtype);
      for (const length of [64, 257, 1025, 4097]) checkLongProducts(context, subject, dtype, length);
    }
  }
}

function checkRow(
  { suite }: Context,
  subject: Subject,
  dtype: Dtype,
  exact: Float64Array,
  scale: Options,
  slopes: readonly (readonly number[])[],
): void {
  const length = exact.length;
  const what = `${subject.name}, ${dtype} row of ${length}, ${JSON.stringify(scale)}`;
  const most = ATOL + 4 * CONTRACT[dtype].terms;
  const close = (name: string, got: ArrayLike<number>, expected: ArrayLike<number>, within = most): void => {
    const error = largestError(got, expected, dtype, new Float64Array(expected.length).fill(1));
    suite.check(`${name}: ${what}`, error <= within, error, `at most ${within}`);
  };
  suite.group(what, () => {
    const x = floats(dtype, exact);
    const jacobian = subject.softmaxJacobian(x, scale);
    // [by which][of which] is the matrix turned, which is the same one.
    close("softmaxJacobian", jacobian, slopes.flat());
    suite.check(
      `softmaxJacobian: ${what}: symmetric`,
      alike(jacobian, turned(jacobian, length, length)),
      jacobian,
      "its transpose",
    );
    const sums = Array.from({ length }, (_, i) => Array.from(rowOf(jacobian, i, length)).reduce((a, b) => a + b, 0));
    close("rows of softmaxJacobian sum to 0", sums, new Float64Array(length));

    const y = subject.softmax(x, scale);
    close(
      "softmaxJacobian from probabilities",
      subject.softmaxJacobian(y, { ...scale, from: "probabilities" }),
      jacobian,
    );
    const dy = logits(dtype, length, 3, 1);
    const product = Array.from({ length }, (_, j) =>
      slopes.map((row) => row[j] as number).reduce((all, d, i) => all + d * (dy[i] as number), 0),
    );
    close("softmaxVjp", subject.softmaxVjp(y, dy, scale), product, 8 * most);
    close("softmaxJvp", subject.softmaxJvp(y, dy, scale), product, 8 * most);
    const log = subject.logSoftmax(x, scale);
    // d log s = ds / s.
    const raised = Float64Array.from(y, (p, i) => (dy[i] as number) / p);
    const expected = slopes.map((row) => row.reduce((all, d, i) => all + d * (raised[i] as number), 0));
    close("logSoftmaxVjp", subject.logSoftmaxVjp(log, dy, scale), expected, 1e4 * most);
  });
}

function checkHessians({ suite, reference }: Context, subject: Subject, dtype: Dtype): void {
  for (const length of [1, 2, 3, 5, 8, 11]) {
    const what = `${subject.name}, ${dtype} row of ${length}`;
    suite.group(`Hessians: ${what}`, () => {
      const x = logits(dtype, length, length, 2);
      const hessian = subject.softmaxHessian(x, { beta: 0.5 });
      const slopes = derivatives((z) => reference.softmaxJacobian(z, { beta: 0.5 }), x);
      const expected = Float64Array.from(hessian, (_, n) => slopes[n % length]?.[Math.floor(n / length)] as number);
      const most = ATOL + 4 * CONTRACT[dtype].terms;
      const error = largestError(hessian, expected, dtype, new Float64Array(expected.length).fill(1));
      suite.check(`softmaxHessian: ${what}`, error <= most, error, `at most ${most}`);
      for (let i = 0; i < length; i++) {
        const one = subject.softmaxHessianComponent(x, i, { beta: 0.5 });
        const part = rowOf(hessian, i, length * length);
        const apart = largestError(one, part, dtype, new Float64Array(part.length).fill(1));
        suite.check(`softmaxHessianComponent: ${what}, ${i}`, apart <= CONTRACT[dtype].terms, one, part);
      }
    });
  }
}

/** Rows of a batch, and of another axis, are as they are alone; a mask takes rows and columns out. */
function checkBatch({ suite }: Context, subject: Subject, dtype: Dtype): void {
  const [rows, length] = [5, 6];
  const x = logits(dtype, rows * length, 1);
  const dy = logits(dtype, rows * length, 2);
  const ops: readonly (readonly [
    name: string,
    size: number,
    run: (x: Floats, dy: Floats, options?: Options) => Floats,
  ])[] = [
    ["softmaxJacobian", length ** 2, (x, _, options) => subject.softmaxJacobian(x, options)],
    ["softmaxHessian", length ** 3, (x, _, options) => subject.softmaxHessian(x, options)],
    ["softmaxHessianComponent", length ** 2, (x, _, options) => subject.softmaxHessianComponent(x, 2, options)],
    ["softmaxVjp", length, subject.softmaxVjp],
    ["softmaxJvp", length, subject.softmaxJvp],
    ["logSoftmaxVjp", length, subject.logSoftmaxVjp],
  ];
  for (const [name, size, run] of ops) {
    const what = `${name}: ${subject.name}, ${dtype} ${rows}x${length}`;
    suite.group(what, () => {
      const got = run(x, dy, { shape: [rows, length] });
      for (let r = 0; r < rows; r++) {
        const alone = run(rowOf(x, r, length), rowOf(dy, r, length));
        suite.check(`${what}, row ${r}`, alike(alone, rowOf(got, r, size)), alone, rowOf(got, r, size));
      }
      const across = run(turned(x, rows, length), turned(dy, rows, length), { shape: [length, rows], axis: 0 });
      const expected = size === length ? turned(got, rows, length) : got;
      suite.check(`${what}, along the first axis`, alike(across, expected), across, expected);
      const out = floats(dtype, rows * size).fill(5);
      const same = run(x, dy, { shape: [rows, length], out });
      suite.check(`${what}, out`, same === out && alike(out, got), out, got);
      const masked = run(x, dy, { shape: [rows, length], where: [1, 1, 0, 1, 1, 1] });
      const leaks = Array.from(masked).filter((v, n) => v !== 0 && placesOf(n % size, size).includes(2));
      suite.check(`${what}, masked`, leaks.length === 0, leaks, "no derivative at what is masked");
    });
  }

  function placesOf(n: number, size: number): number[] {
    return size === length ? [n] : [Math.floor(n / length) % length, n % length];
  }
}

/** Products of long rows: what they are made of adds up exactly. */
function checkLongProducts({ suite, reference }: Context, subject: Subject, dtype: Dtype, length: number): void {
  const x = logits(dtype, length, length);
  const dy = logits(dtype, length, length + 1);
  const y = subject.softmax(x);
  const log = subject.logSoftmax(x);
  for (const [name, given] of [
    ["softmaxVjp", y],
    ["softmaxJvp", y],
    ["logSoftmaxVjp", log],
  ] as const) {
    const what = `${name}: ${subject.name}, ${dtype} row of ${length}`;
    suite.group(what, () => {
      const got = subject[name](given, dy, { beta: 2 });
      const expected = reference[name](Float64Array.from(given), Float64Array.from(dy), { beta: 2 });
      const p = given === log ? Float64Array.from(log, Math.exp) : Float64Array.from(y);
      const total = Array.from(dy).reduce(
        (all: number, d: number, i: number) => all + (given === log ? 1 : (p[i] as number)) * Math.abs(d),
        0,
      );
      const sizes = p.map((v, i) =>
        given === log ? 2 * (Math.abs(dy[i] as number) + v * total) : 2 * v * (Math.abs(dy[i] as number) + total),
      );
      const error = largestError(got, expected, dtype, sizes);
      const most = 1.1 * CONTRACT[dtype].terms;
      suite.check(what, error <= most, error, `at most ${most}`);
    });
  }
}
