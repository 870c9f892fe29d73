// Prints the coefficients of e^r in assembly/exp.ts from c1 up (c0 is 1): minimax of the relative error for |r| <= ln2 / 2 and a little more,
// by Remez exchange at 60 digits over a fixed grid. The leading coefficients are held at 1. In float32 that is only
// where search-exp.ts starts, which takes about half a minute.
// `--check` exits with 1 where a table in assembly/exp.ts differs.

import { readFileSync } from "node:fs";
import { Decimal } from "decimal.js";
import { search } from "./search-exp.js";

const Precise = Decimal.clone({ precision: 60 });
const EDGE = new Precise(2).ln().div(2).times("1.0001");
const STEPS = 4000;

interface Target {
  dtype: "f32" | "f64";
  degree: number;
  /** How many leading coefficients are 1. */
  fixed: number;
}

const TARGETS: Target[] = [
  { dtype: "f32", degree: 5, fixed: 1 },
  { dtype: "f64", degree: 11, fixed: 2 },
];

/** A place r, and e^r there. */
interface Point {
  r: Decimal;
  exp: Decimal;
}

interface Fit {
  coefficients: Decimal[];
  error: Decimal;
}

function point(r: Decimal): Point {
  return { r, exp: r.exp() };
}

/** The grid without its middle, where every polynomial with c0 = 1 is exact. */
function makeGrid(): Point[] {
  const steps = Array.from({ length: STEPS + 1 }, (_, i) => EDGE.times(new Precise(2 * i).div(STEPS).minus(1)));
  return steps.filter((r) => !r.isZero()).map(point);
}

/** Gaussian elimination with row pivoting; the last column is the right-hand side. */
function solve(rows: Decimal[][]): Decimal[] {
  const size = rows.length;
  const at = (row: number, column: number): Decimal => rows[row]?.[column] as Decimal;
  for (let i = 0; i < size; i++) {
    let pivot = i;
    for (let row = i + 1; row < size; row++) if (at(row, i).abs().gt(at(pivot, i).abs())) pivot = row;
    [rows[i], rows[pivot]] = [rows[pivot] as Decimal[], rows[i] as Decimal[]];
    for (let row = 0; row < size; row++) {
      if (row === i) continue;
      const factor = at(row, i).div(at(i, i));
      rows[row] = rows[row]?.map((value, column) => value.minus(factor.times(at(i, column)))) as Decimal[];
    }
  }
  return rows.map((_, i) => at(i, size).div(at(i, i)));
}

/** The polynomial over e^r, less 1. */
function relativeError(coefficients: Decimal[], { r, exp }: Point): Decimal {
  const value = coefficients.reduceRight((sum, c) => sum.times(r).plus(c), new Precise(0));
  return value.div(exp).minus(1);
}

/** Errors that start at an odd power of r change their sign at 0 of themselves: alternation is counted without that. */
function side({ fixed }: Target, { r }: Point): number {
  return fixed % 2 === 1 && r.isNegative() ? -1 : 1;
}

/** The coefficients whose errors at the reference points are equal and alternate. */
function level(target: Target, reference: Point[]): Decimal[] {
  const { degree, fixed } = target;
  const ones = Array.from({ length: fixed }, () => new Precise(1));
  const rows = reference.map((p, i) => {
    const free = Array.from({ length: degree + 1 - fixed }, (_, k) => p.r.pow(k + fixed).div(p.exp));
    return [...free, new Precise((-1) ** i * side(target, p)), relativeError(ones, p).negated()];
  });
  return [...ones, ...solve(rows).slice(0, -1)];
}

/** The largest error of each run of one sign, and of these as many as the reference holds. */
function exchange(target: Target, errors: Decimal[], grid: Point[]): Point[] {
  const peaks: { index: number; error: Decimal }[] = [];
  for (const [index, p] of grid.entries()) {
    const error = (errors[index] as Decimal).times(side(target, p));
    const last = peaks.at(-1);
    if (last === undefined || error.isNegative() !== last.error.isNegative()) peaks.push({ index, error });
    else if (error.abs().gt(last.error.abs())) peaks[peaks.length - 1] = { index, error };
  }
  const wanted = target.degree + 2 - target.fixed;
  if (peaks.length < wanted) throw new Error(`${peaks.length} alternations of ${wanted}`);
  const size = (i: number): Decimal => peaks.at(i)?.error.abs() ?? new Precise(0);
  while (peaks.length > wanted) {
    if (size(0).lt(size(-1))) peaks.shift();
    else peaks.pop();
  }
  return peaks.map(({ index }) => grid[index] as Point);
}

function largest(errors: Decimal[]): Decimal {
  return errors.reduce((most, e) => (e.abs().gt(most) ? e.abs() : most), new Precise(0));
}

/** Starts at Chebyshev's points, and ends when the reference stays: over a finite grid that is the optimum. */
function remez(target: Target, grid: Point[]): Fit {
  const count = target.degree + 2 - target.fixed;
  const angle = (i: number): number => Math.PI * (1 - (i + 0.5) / count);
  let reference = Array.from({ length: count }, (_, i) => point(EDGE.times(Math.cos(angle(i)))));
  for (let round = 0; round < 50; round++) {
    const coefficients = level(target, reference);
    const errors = grid.map((p) => relativeError(coefficients, p));
    const next = exchange(target, errors, grid);
    if (next.every((p, i) => p === reference[i])) return { coefficients, error: largest(errors) };
    reference = next;
  }
  throw new Error("the exchange does not settle");
}

/** A line of the table: the bits, and the value to more digits than they need. */
function line(value: number, dtype: Target["dtype"]): string {
  const view = new DataView(new ArrayBuffer(8));
  if (dtype === "f32") view.setFloat32(0, value);
  else view.setFloat64(0, value);
  const hex = dtype === "f32" ? view.getUint32(0).toString(16) : view.getBigUint64(0).toString(16);
  return `  0x${hex}, // ${value === 1 ? 1 : value.toExponential(dtype === "f32" ? 7 : 16)}`;
}

/** A coefficient as the table holds it, with all its digits: decimal.js takes only the shortest of a number. */
function round(c: Decimal, dtype: Target["dtype"]): Decimal {
  const value = dtype === "f32" ? Math.fround(c.toNumber()) : c.toNumber();
  return new Precise(value.toPrecision(100));
}

/** Prints the coefficients under a title, and returns them as the table holds them. */
function print(title: string, coefficients: Decimal[], { dtype }: Target): string {
  const lines = coefficients
    .slice(1)
    .map((c) => line(c.toNumber(), dtype))
    .join("\n");
  console.log(`${title}\n${lines}`);
  return lines;
}

function report(target: Target, grid: Point[]): string {
  const { dtype, degree } = target;
  const { coefficients, error } = remez(target, grid);
  const rounded = coefficients.map((c) => round(c, dtype));
  const relative = (cs: Decimal[]): string => largest(grid.map((p) => relativeError(cs, p))).toExponential(2);
  const errors = `relative error ${error.toExponential(2)}, with rounded coefficients ${relative(rounded)}`;
  const table = print(`${dtype}, degree ${degree}: ${errors}`, rounded, target);
  if (dtype === "f64") return table;
  const { plain, fused, ...found } = search(Float32Array.from(rounded, (c) => c.toNumber()));
  const searched = Array.from(found.coefficients, (c) => round(new Precise(c), dtype));
  const ulp = `at most ${plain.toFixed(4)} ULP, with fused multiply-add ${fused.toFixed(4)}`;
  return print(`${dtype}, searched from there: ${ulp}; relative error ${relative(searched)}`, searched, target);
}

const grid = makeGrid();
const tables = TARGETS.map((target) => report(target, grid));
if (process.argv.includes("--check")) {
  const source = readFileSync(new URL("../assembly/exp.ts", import.meta.url), "utf8").replaceAll("\r\n", "\n");
  const missing = tables.filter((table) => !source.includes(`\n${table}\n]);`));
  if (missing.length > 0) {
    console.error(["not in assembly/exp.ts:", ...missing].join("\n"));
    process.exitCode = 1;
  }
}
