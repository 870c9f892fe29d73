// Entropy and divergence of rows of every length, against the reference.

import { CONTRACT, type Dtype } from "../support/contract.js";
import type { Context, Floats, Subject } from "./entries.js";
import { alike, DTYPES, largestError, shares, turned } from "./numbers.js";

const LN = Math.log;
const LENGTHS: readonly number[] = [1, 2, 3, 4, 7, 10, 17, 33, 64, 129, 257, 1000, 2049];
const ROWS = 5;

export function checkEntropies(context: Context): void {
  for (const subject of context.subjects) {
    for (const dtype of DTYPES) {
      for (const length of LENGTHS) checkRows(context, subject, dtype, length);
    }
  }
}

function checkRows({ suite, reference }: Context, subject: Subject, dtype: Dtype, length: number): void {
  const p = shares(dtype, ROWS * length, length, length);
  const q = shares(dtype, ROWS * length, length, length + 1);
  const shape = [ROWS, length];
  const most = 2 * CONTRACT[dtype].entropy + 1e-15;
  const surprise = (v: number) => Math.abs(v * LN(v));
  const run = (name: string, got: Floats, expected: Floats, terms: (i: number) => number, across: Floats): void => {
    const what = `${name}: ${subject.name}, ${dtype} ${ROWS}x${length}`;
    const sizes = Float64Array.from({ length: ROWS }, (_, r) =>
      Array.from({ length }, (_, c) => terms(r * length + c)).reduce((a, b) => a + b, 2 ** -52),
    );
    const error = largestError(got, expected, dtype, sizes);
    suite.check(what, error <= most, error, `at most ${most}`);
    suite.check(`${what}: along the first axis`, alike(across, got), across, got);
  };
  suite.group(`entropies: ${subject.name}, ${dtype} ${ROWS}x${length}`, () => {
    const [wideP, wideQ] = [Float64Array.from(p), Float64Array.from(q)];
    const [downP, downQ] = [turned(p, ROWS, length), turned(q, ROWS, length)];
    const down = { shape: [length, ROWS], axis: 0 };
    run(
      "entropy",
      subject.entropy(p, { shape }),
      reference.entropy(wideP, { shape }),
      (i) => surprise(p[i] as number),
      subject.entropy(downP, down),
    );
    run(
      "klDivergence",
      subject.klDivergence(p, q, { shape }),
      reference.klDivergence(wideP, wideQ, { shape }),
      (i) => surprise(p[i] as number) + Math.abs((p[i] as number) * LN(q[i] as number)),
      subject.klDivergence(downP, downQ, down),
    );
    const same = subject.klDivergence(p, p, { shape });
    suite.check(
      `klDivergence: ${subject.name}, ${dtype} ${ROWS}x${length}: of p from itself`,
      same.every((v) => v === 0),
      same,
      0,
    );
  });
}
