// The logarithm kernel alone, over seeded numbers of every size.

import { describe, expect, test } from "vitest";
import { decompose, exp, expBig, relativeError, toExact } from "../support/oracle.js";
import { random } from "../support/random.js";
import { compile, instantiate, over, type Target } from "./kernels-host.js";

const COUNT = 20_000;

/** What assembly/log.ts states. */
const MAX_ULP = 1;

/** Seeded numbers whose exponents are uniform from `low` to `high`. */
function spread(seed: number, low: number, high: number): Float64Array {
  const { uniform } = random(seed);
  return Float64Array.from({ length: COUNT }, () => uniform(1, 2) * 2 ** Math.floor(uniform(low, high)));
}

function between(seed: number, low: number, high: number): Float64Array {
  const { uniform } = random(seed);
  return Float64Array.from({ length: COUNT }, () => uniform(low, high));
}

/** From |y| to the next number. */
function ulpOf(y: number): number {
  const next = new Float64Array([Math.abs(y)]);
  new BigInt64Array(next.buffer)[0]! += 1n;
  return (next[0] as number) - Math.abs(y);
}

/** |y - log x| in ULP: y is log x + d where e^y is x (1 + d). */
function logUlps(y: number, x: number): number {
  return relativeError(x, exp(y)) / ulpOf(y);
}

/** |y - log(1 + x)| in ULP: e^y - 1 is x + (1 + x) d. */
function log1pUlps(y: number, x: number): number {
  const { significand, exponent } = expBig(decompose(y));
  const below = toExact({ significand: significand - (1n << BigInt(-exponent)), exponent });
  return (relativeError(x, below) * (x / (1 + x))) / ulpOf(y);
}

function largest(xs: Float64Array, ys: Float64Array, ulps: (y: number, x: number) => number): number {
  return xs.reduce((most, x, i) => Math.max(most, ulps(ys[i] as number, x)), 0);
}

const TARGETS: Target[] = ["simd", "relaxed-simd"];
const MODULES = await Promise.all(TARGETS.map(async (target) => ({ target, bytes: await compile(target) })));
const SUPPORTED = MODULES.filter(({ bytes }) => WebAssembly.validate(bytes));

describe.each(SUPPORTED)("log, $target", ({ target, bytes }) => {
  const { log, log1p } = instantiate(bytes);

  test.each([
    { name: "every exponent", xs: spread(1, -1022, 1024) },
    { name: "subnormal numbers", xs: spread(2, -1074, -1022) },
    { name: "from 0.5 to 2", xs: between(3, 0.5, 2) },
    { name: "next to 1", xs: between(4, 0.99, 1.01) },
    { name: "counts", xs: Float64Array.from({ length: COUNT }, (_, i) => i + 2) },
  ])("of $name", ({ name, xs }) => {
    const most = largest(xs, over(log, xs), logUlps);
    console.log(`log ${target} ${name}: max ${most.toFixed(4)} ULP`);
    expect(most).toBeLessThanOrEqual(MAX_ULP);
  });

  test.each([
    { name: "every size", xs: spread(5, -60, 200) },
    { name: "up to 1", xs: between(6, 0, 1) },
    { name: "up to 1000", xs: between(7, 0, 1000) },
    { name: "small numbers", xs: spread(8, -30, -1) },
  ])("of 1 + $name", ({ name, xs }) => {
    const most = largest(xs, over(log1p, xs), log1pUlps);
    console.log(`log1p ${target} ${name}: max ${most.toFixed(4)} ULP`);
    expect(most).toBeLessThanOrEqual(MAX_ULP);
  });

  test("log(1 + x) is x where x is far below 1", () => {
    const xs = spread(9, -1074, -54);
    expect(over(log1p, xs)).toEqual(xs);
  });

  test("special values", () => {
    const nan = new Float64Array(new BigInt64Array([0x7ff0000000000001n, -1n, -0x8000000000001n]).buffer);
    const xs = Float64Array.of(0, -0, 1, Infinity, -Infinity, -1, -5e-324, ...nan);
    expect([...over(log, xs)]).toEqual([-Infinity, -Infinity, 0, Infinity, NaN, NaN, NaN, NaN, NaN, NaN]);
    expect([...over(log1p, Float64Array.of(0, Infinity, ...nan))]).toEqual([0, Infinity, NaN, NaN, NaN]);
  });
});
