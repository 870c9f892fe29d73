// Numbers that textbooks and articles print.

import { CONTRACT } from "../support/contract.js";
import { WORKED, WORKED_JACOBIAN_ATOL, WORKED_JACOBIANS } from "../support/seed-values.js";
import type { Context, Options } from "./entries.js";
import { DTYPES, floats, valuesOf } from "./numbers.js";

export function checkSeedValues({ suite, subjects }: Context): void {
  for (const { name, loose } of subjects) {
    const softmax = loose["softmax"]!;
    const jacobian = loose["softmaxJacobian"]!;
    for (const { name: worked, z, options, expected, atol } of WORKED) {
      suite.group(`${name}: ${worked}`, () => {
        const shape = Array.isArray(z[0]) ? [z.length, z[0].length] : [z.length];
        near(`${name}: ${worked}`, softmax(z, options), expected, atol);
        for (const dtype of DTYPES) {
          const flat: Options = { ...options, shape };
          const within = atol + (atol === 0 ? 0 : CONTRACT[dtype].softmax);
          near(`${name}: ${worked}, ${dtype}`, softmax(floats(dtype, valuesOf(z)), flat), expected, within);
        }
      });
    }
    for (const { z, expected } of WORKED_JACOBIANS) {
      suite.group(`${name}: Jacobian of ${z}`, () => {
        near(`${name}: Jacobian of ${z}`, jacobian(z), expected, WORKED_JACOBIAN_ATOL);
        for (const dtype of DTYPES) {
          near(`${name}: Jacobian of ${dtype} ${z}`, jacobian(floats(dtype, z)), expected, WORKED_JACOBIAN_ATOL);
        }
      });
    }
  }

  function near(what: string, result: unknown, wanted: unknown, atol: number): void {
    const got = valuesOf(result);
    const expected = valuesOf(wanted);
    const holds = got.length === expected.length && expected.every((e, i) => Math.abs((got[i] as number) - e) <= atol);
    suite.check(what, holds, result, wanted);
  }
}
