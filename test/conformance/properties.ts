// What holds of softmax whatever the logits are.

import { CONTRACT, type Dtype } from "../support/contract.js";
import type { Context, Floats, Options, Subject } from "./entries.js";
import { alike, almost, DTYPES, EPSILON, floats, integers, largestError, logits, REFERENCE_ERROR } from "./numbers.js";

const LENGTHS: readonly number[] = [1, 2, 3, 5, 8, 13, 16, 31, 48, 64, 100, 129, 257, 1000];

/** Softmax at temperatures and betas that no rounding of the product blurs. */
const SCALES: readonly Options[] = [
  { temperature: 0.5 },
  { temperature: 4 },
  { temperature: -2 },
  { beta: 2 },
  { beta: -1 },
  { beta: 0.125 },
];

export function checkProperties(context: Context): void {
  for (const subject of context.subjects) {
    for (const dtype of DTYPES) {
      for (const length of LENGTHS) {
        for (const reach of [1, 16, 256]) checkRow(context, subject, dtype, length, reach);
        checkMask(context, subject, dtype, length);
        checkScales(context, subject, dtype, length);
      }
      checkBroadcastMasks(context, subject, dtype);
      checkExtremes(context, subject, dtype);
      checkScaleVariance(context, subject, dtype);
    }
    checkClosedForms(context, subject);
  }
}

const sum = (values: Floats): number => {
  let total = 0;
  for (const value of values) total += value;
  return total;
};

function checkRow({ suite }: Context, subject: Subject, dtype: Dtype, length: number, reach: number): void {
  const what = `softmax: ${subject.name}, ${dtype} row of ${length} within ±${reach}`;
  suite.group(what, () => {
    const { sum: near, expOrderUlp, softmax: bound, anyLogits } = CONTRACT[dtype];
    const x = logits(dtype, length, length + reach, reach);
    // Some logits twice.
    for (let i = 3; i < length; i += 4) x[i] = x[i - 2] as number;
    const p = subject.softmax(x);
    const total = sum(p);
    suite.check(`${what}: sum`, Math.abs(total - 1) <= near, total, `1 within ${near}`);
    suite.check(
      `${what}: range`,
      p.every((v) => v >= 0 && v <= 1 + near),
      p,
      "numbers from 0 to 1",
    );

    const order = Array.from(x.keys()).sort((a, b) => (x[a] as number) - (x[b] as number));
    const disordered = order.filter((i, n) => {
      const j = order[n - 1] ?? i;
      const least = (p[j] as number) * (x[i] === x[j] ? 1 : 1 - expOrderUlp * EPSILON[dtype]);
      return !((p[i] as number) >= least && (x[i] !== x[j] || p[i] === p[j]));
    });
    suite.check(`${what}: order`, disordered.length === 0, disordered, "no element out of order");

    const moved = subject.softmax(x.map((v) => v + 64) as Floats);
    const error = largestError(moved, p, dtype);
    const most = reach > 10 ? 2 * anyLogits : 2 * bound;
    suite.check(`${what}: moved by 64`, error <= most, error, `at most ${most}`);
    const logs = subject.logSoftmax(x);
    const lost = largestError(
      Float64Array.from(logs, Math.exp),
      p,
      dtype,
      Float64Array.from(p, (v, i) => v * (1 - (logs[i] as number))),
    );
    suite.check(`${what}: exp(logSoftmax)`, lost <= 2 * bound, lost, `at most ${2 * bound}`);
  });
}

/** Masked elements are as if they were not there. */
function checkMask({ suite }: Context, subject: Subject, dtype: Dtype, length: number): void {
  const what = `${subject.name}, ${dtype} row of ${length} under a mask`;
  suite.group(what, () => {
    const next = integers(length, 3);
    const keep = Array.from({ length }, (_, i) => i === length - 1 || next() > 0);
    const x = logits(dtype, length, length, 16);
    const hidden = x.map((v, i) => (keep[i] ? v : ([NaN, Infinity, -Infinity][i % 3] as number))) as Floats;
    const only = x.filter((_, i) => keep[i]) as Floats;
    for (const [op, masked, bound] of [
      ["softmax", 0, "softmax"],
      ["logSoftmax", -Infinity, "logSoftmax"],
    ] as const) {
      const alone = subject[op](only);
      for (const where of [keep, Uint8Array.from(keep, Number), keep.map(Number), BigInt64Array.from(keep, BigInt)]) {
        const got = subject[op](hidden, { where });
        const kept = got.filter((_, i) => keep[i]) as Floats;
        const error = largestError(kept, alone, dtype);
        const most = 2 * CONTRACT[dtype][bound];
        suite.check(`${op}: ${what}: those kept`, error <= most, error, `at most ${most}`);
        suite.check(
          `${op}: ${what}: those masked`,
          got.every((v, i) => keep[i] || v === masked),
          got,
          masked,
        );
      }
    }
    const reduced = subject.logSumExp(hidden, { where: keep });
    const expected = subject.logSumExp(only);
    suite.check(`logSumExp: ${what}`, almost(reduced, expected, dtype, 4), reduced, expected);
  });
}

/** A mask of one row, of one column, nested, and as a tensor. */
function checkBroadcastMasks({ suite }: Context, subject: Subject, dtype: Dtype): void {
  const x = logits(dtype, 24, 6);
  const shape = [2, 3, 4];
  const row = [1, 0, 1, 1];
  const square = [row, [0, 1, 1, 0], [1, 1, 1, 1]];
  const full = [...square.flat(), ...square.flat()];
  for (const [where, same] of [
    [row, [...row, ...row, ...row, ...row, ...row, ...row]],
    [square, full],
    [[square, square], full],
    [{ data: Uint8Array.from(square.flat()), shape: [3, 4] }, full],
    [
      { data: Uint8Array.of(1, 0, 1), shape: [3, 1] },
      [1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1],
    ],
  ] as const) {
    for (const axis of [-1, 0, 1]) {
      if (where === row && axis !== -1) continue;
      const what = `softmax: ${subject.name}, ${dtype}, a mask of ${JSON.stringify(where)} along ${axis}`;
      suite.group(what, () => {
        const got = subject.softmax(x, { shape, axis, where });
        const expected = subject.softmax(x, { shape, axis, where: same });
        suite.check(what, alike(got, expected), got, expected);
        suite.check(
          `${what}: zeros`,
          got.every((v, i) => v > 0 === (same[i] === 1)),
          got,
          same,
        );
      });
    }
  }
}

function checkScales({ suite, reference }: Context, subject: Subject, dtype: Dtype, length: number): void {
  const x = logits(dtype, 3 * length, length + 7, 4);
  const shape = [3, length];
  for (const scale of SCALES) {
    const what = `${subject.name}, ${dtype} 3x${length}, ${JSON.stringify(scale)}`;
    suite.group(what, () => {
      const factor = (scale["beta"] as number | undefined) ?? 1 / (scale["temperature"] as number);
      const scaled = Float64Array.from(x, (v) => v * factor);
      for (const [op, bound] of [
        ["softmax", "anyLogits"],
        ["logSoftmax", "logSoftmax"],
      ] as const) {
        const got = subject[op](x, { shape, ...scale });
        const error = largestError(got, reference[op](scaled, { shape }), dtype);
        const most = CONTRACT[dtype][bound] + REFERENCE_ERROR;
        suite.check(`${op}: ${what}`, error <= most, error, `at most ${most}`);
      }
      const got = subject.logSumExp(x, { shape, ...scale });
      const expected = reference.logSumExp(scaled, { shape }).map((v) => v / factor);
      const sizes = expected.map((v) => Math.max(Math.abs(v), (4 + Math.log(length)) / Math.abs(factor)));
      const error = largestError(got, expected, dtype, sizes);
      const most = CONTRACT[dtype].logSumExp + REFERENCE_ERROR;
      suite.check(`logSumExp: ${what}`, error <= most, error, `at most ${most}`);
    });
  }
  const what = `softmax: ${subject.name}, ${dtype} 3x${length}`;
  suite.group(what, () => {
    // Temperature and beta name the same number, and base up to the rounding of its logarithm.
    const cool = subject.softmax(x, { shape, temperature: 0.25 });
    const steep = subject.softmax(x, { shape, beta: 4 });
    suite.check(`${what}: temperature 1/4 is beta 4`, alike(cool, steep), cool, steep);
    const error = largestError(
      subject.softmax(x, { shape, base: Math.exp(2) }),
      subject.softmax(x, { shape, beta: 2 }),
      dtype,
    );
    const most = 16 * CONTRACT[dtype].softmax;
    suite.check(`${what}: base e² is beta 2`, error <= most, error, `at most ${most}`);
  });
}

/** Nothing overflows, and what is too small for a number is not negative. */
function checkExtremes({ suite }: Context, subject: Subject, dtype: Dtype): void {
  const { smallestNormal } = CONTRACT[dtype];
  for (const length of [2, 7, 16, 100]) {
    for (const scale of [200, 1000, 1e10, 1e30, 3e38]) {
      const what = `softmax: ${subject.name}, ${dtype} row of ${length} to ±${scale}`;
      suite.group(what, () => {
        const x = logits(dtype, length, length, 1).map((v) => v * scale) as Floats;
        const p = subject.softmax(x);
        const total = sum(p);
        suite.check(`${what}: sum`, Math.abs(total - 1) <= CONTRACT[dtype].sum, total, 1);
        suite.check(
          `${what}: not negative`,
          p.every((v) => v >= 0),
          p,
          "0 or more",
        );
        const tiny = subject.softmax(x, { beta: 1 / scale / 2 ** 60 });
        suite.check(
          `${what}: as good as uniform`,
          almost(
            tiny,
            p.map(() => 1 / length),
            dtype,
            2,
          ),
          tiny,
          1 / length,
        );
      });
    }
  }
  const what = `softmax: ${subject.name}, ${dtype}, around the smallest normal number`;
  suite.group(what, () => {
    const edge = Math.log(smallestNormal);
    for (const by of [-60, -2, -0.5, 0.5, 2]) {
      const [p = NaN] = subject.softmax(floats(dtype, [edge + by, 0]));
      const expected = by < 0 ? `from 0 to ${smallestNormal}` : "e^x";
      const within = by < 0 ? p >= 0 && p <= smallestNormal : Math.abs(p / smallestNormal / Math.exp(by) - 1) < 1e-4;
      suite.check(`${what}, ${by}`, within, p, expected);
    }
  });
}

function checkScaleVariance({ suite }: Context, subject: Subject, dtype: Dtype): void {
  const what = `softmax: ${subject.name}, ${dtype} is not scale invariant`;
  suite.group(what, () => {
    const large = subject.softmax(floats(dtype, [10, 20, 30]));
    const small = subject.softmax(floats(dtype, [0.1, 0.2, 0.3]));
    suite.check(
      what,
      (large[2] as number) > 0.9999 && (small[2] as number) < 0.4,
      [large, small],
      "[…, 0.99995], […, 0.367]",
    );
  });
}

/** Rows whose exponentials are integers. */
function checkClosedForms({ suite }: Context, subject: Subject): void {
  for (const weights of [
    [1, 2],
    [1, 3],
    [2, 3, 5],
    [1, 2, 3, 4],
    [7, 1, 1, 1],
    Array.from({ length: 40 }, (_, i) => i + 1),
  ]) {
    const total = weights.reduce((a, b) => a + b);
    const x = Float64Array.from(weights, (w) => Math.log(w));
    const p = weights.map((w) => w / total);
    const what = `${subject.name}, logarithms of ${weights}`;
    suite.group(what, () => {
      for (const dtype of DTYPES) {
        const given = floats(dtype, x);
        const error = largestError(subject.softmax(given), p, dtype);
        suite.check(`softmax: ${dtype}, ${what}`, error <= CONTRACT[dtype].softmax, error, CONTRACT[dtype].softmax);
        const logs = subject.logSoftmax(given);
        const expected = p.map((v) => Math.log(v));
        suite.check(`logSoftmax: ${dtype}, ${what}`, almost(logs, expected, dtype, 8), logs, expected);
        const reduced = subject.logSumExp(given);
        suite.check(
          `logSumExp: ${dtype}, ${what}`,
          almost(reduced, [Math.log(total)], dtype, 8),
          reduced,
          Math.log(total),
        );
        // The first of softmax of (x, 0).
        const odds = subject.sigmoid(given);
        const shares = weights.map((w) => w / (w + 1));
        suite.check(`sigmoid: ${dtype}, ${what}`, almost(odds, shares, dtype, 4), odds, shares);
        const bits = subject.entropy(subject.softmax(given));
        const entropy = p.reduce((all, v) => all - v * Math.log(v), 0);
        suite.check(`entropy: ${dtype}, ${what}`, almost(bits, [entropy], dtype, 8), bits, entropy);
      }
    });
  }
}
