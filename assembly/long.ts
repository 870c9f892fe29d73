// softmax of one row that several threads share, in four steps, to the bits of softmax.ts. Each thread has a segment of the
// row, which starts on the grid of blocks of BLOCK vectors; the maxima and the blocks' sums meet between the steps.

import { scaleFor, setAnchor, stretchExponent } from "./exp";
import { BLOCK, expBlock, maximum, multiply, stretch } from "./rows";
import { addAcross, bytes, lanes } from "./simd";
import { prepare } from "./softmax";
import { anchorAt, lineAt } from "./state";

function longMaximum<T>(x: usize, y: usize, count: i32, beta: f64, value: usize, scratch: usize): void {
  x = prepare<T>(x, y, count, beta);
  const line = lineAt(scratch);
  v128.store(line, maximum<T>(x, count / lanes<T>(), count & (lanes<T>() - 1)));
  let largest = -Infinity;
  for (let r = 0; r < lanes<T>(); r++) largest = max(largest, <f64>load<T>(line + bytes<T>(r)));
  store<f64>(value, largest);
}

function longExponentials<T>(
  x: usize, y: usize, count: i32, beta: f64, max: f64, sums: usize, scratch: usize,
): void {
  // As `prepare` chose.
  if (beta < 0 || stretchExponent<T>(beta) < 0) x = y;
  const scale = scaleFor<T>(beta, false, scratch), line = lineAt(scratch), anchor = anchorAt(scratch, 0);
  const offset = v128.splat<T>(<T>max);
  if (!v128.all_true<i32>(setAnchor<T>(anchor, offset, scale))) {
    const f = v128.splat<T>(scale.f), g = v128.splat<T>(scale.g);
    stretch<T>(x, y, count / lanes<T>(), count & (lanes<T>() - 1), offset, f, g);
    x = y;
  }
  for (let e = 0; e < count; e += BLOCK * lanes<T>(), sums += 8) {
    const some = min(count - e, BLOCK * lanes<T>()), at = bytes<T>(e);
    const sum = expBlock<T>(
      x + at, y + at, some / lanes<T>(), some & (lanes<T>() - 1), changetype<usize>(anchor), scale,
    );
    v128.store(line, sum);
    store<f64>(sums, f64x2.extract_lane(addAcross<T>(line), 0));
  }
}

/** A Kahan sum and its reciprocal, in float64, as of a lane in total.ts. */
function longFactor<T>(sums: usize, blocks: i32, value: usize): void {
  let total: f64 = 0, lost: f64 = 0;
  for (; blocks > 0; blocks--, sums += 8) {
    const sum = load<f64>(sums) - lost;
    const next = total + sum;
    lost = next - total - sum;
    total = next;
  }
  store<f64>(value, <f64>(<T>(1 / total)));
}

function longScale<T>(y: usize, count: i32, factor: f64): void {
  multiply<T>(y, count / lanes<T>(), count & (lanes<T>() - 1), v128.splat<T>(<T>factor));
}

/**
 * The first step, of `count` elements of a row at x: the largest that is not NaN, times beta's sign and what it is
 * stretched by, to `value` as float64 (-Infinity if there is none). Where beta wants other logits than x, they go to y,
 * which may be x. `scratch` is as softmax's.
 */
export function longMaximumF32(x: usize, y: usize, count: i32, beta: f64, value: usize, scratch: usize): void {
  longMaximum<f32>(x, y, count, beta, value, scratch);
}

export function longMaximumF64(x: usize, y: usize, count: i32, beta: f64, value: usize, scratch: usize): void {
  longMaximum<f64>(x, y, count, beta, value, scratch);
}

/**
 * The second, with the x and y of the first and the largest `max` of all segments: y is the exponentials, and the sum of
 * each block goes to `sums` as float64.
 */
export function longExponentialsF32(
  x: usize, y: usize, count: i32, beta: f64, max: f64, sums: usize, scratch: usize,
): void {
  longExponentials<f32>(x, y, count, beta, max, sums, scratch);
}

export function longExponentialsF64(
  x: usize, y: usize, count: i32, beta: f64, max: f64, sums: usize, scratch: usize,
): void {
  longExponentials<f64>(x, y, count, beta, max, sums, scratch);
}

/** The third, once, from the sums of all blocks of the row, in order: what y is to be multiplied by, to `value`. */
export function longFactorF32(sums: usize, blocks: i32, value: usize): void {
  longFactor<f32>(sums, blocks, value);
}

export function longFactorF64(sums: usize, blocks: i32, value: usize): void {
  longFactor<f64>(sums, blocks, value);
}

/** The last: y = y factor. */
export function longScaleF32(y: usize, count: i32, factor: f64): void {
  longScale<f32>(y, count, factor);
}

export function longScaleF64(y: usize, count: i32, factor: f64): void {
  longScale<f64>(y, count, factor);
}
