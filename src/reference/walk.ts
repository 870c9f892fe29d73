// From a checked call to rows of numbers, and back.

import { allocateLarge, lengthOf, toNumbers } from "../check/arrays.js";
import type { Chosen } from "../check/choice.js";
import { firstOf } from "../check/shape.js";
import { type Request, settle } from "../check.js";
import type { Elements } from "../types.js";
import type { Row } from "./rows.js";

/** Each input's numbers; read once, since they may be shared memory that changes meanwhile. */
export function numbersOf({ data, other }: Request): readonly Float64Array[] {
  return (other === undefined ? [data] : [data, other]).map(toNumbers);
}

/** Calls back with each row: what of each input is not masked, the indices where that stands, and the row's own. */
function forEachRow(
  request: Request,
  numbers: readonly Float64Array[],
  visit: (rows: readonly Row[], indices: readonly number[], r: number) => void,
): void {
  const { mask, extent } = request;
  const { outer, length, inner } = extent;
  for (let r = 0; r < outer * inner; r++) {
    const first = firstOf(extent, r);
    const all = Array.from({ length }, (_, l) => first + l * inner);
    const kept = all.filter((i) => mask === undefined || mask[i] === 1);
    visit(
      numbers.map((input) => Float64Array.from(kept, (i) => input[i] as number)),
      kept,
      r,
    );
  }
}

/** Rows made of rows; masked elements get `masked`. */
export function mapRows(
  request: Request,
  masked: number,
  formula: (rows: readonly Row[], r: number) => Row,
  numbers: readonly Float64Array[] = numbersOf(request),
): Float64Array {
  const result = new Float64Array(lengthOf(request.data)).fill(masked);
  if (result.length === 0) return result;
  forEachRow(request, numbers, (rows, indices, r) => {
    const made = formula(rows, r);
    indices.forEach((i, k) => {
      result[i] = made[k] as number;
    });
  });
  return result;
}

/** A number made of each row. */
export function reduceRows(request: Request, formula: (rows: readonly Row[]) => number): Float64Array {
  const { outer, inner } = request.extent;
  const result = new Float64Array(outer * inner);
  forEachRow(request, numbersOf(request), (rows, _, r) => {
    result[r] = formula(rows);
  });
  return result;
}

/** `each` numbers made of each row of what is given for x. */
export function expandRows(
  request: Request,
  x: Float64Array,
  each: number,
  formula: (row: Row) => Float64Array,
): Elements {
  const { outer, inner } = request.extent;
  const result = allocateLarge("float64", outer * inner * each) as Float64Array;
  forEachRow({ ...request, mask: undefined }, [x], ([row], _, r) => result.set(formula(row as Row), r * each));
  return settle(request, result);
}

/** `each` elements of each row, by their indices in it. */
export function chooseRows(request: Request, each: number, formula: (row: Row) => readonly number[]): Chosen {
  const { outer, inner } = request.extent;
  const numbers = new Float64Array(outer * inner * each);
  const indices = new Int32Array(numbers.length);
  forEachRow(request, numbersOf(request), ([row], _, r) => {
    formula(row as Row).forEach((i, n) => {
      numbers[r * each + n] = (row as Row)[i] as number;
      indices[r * each + n] = i;
    });
  });
  return { values: settle(request, numbers), indices };
}
