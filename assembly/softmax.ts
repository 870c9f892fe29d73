// softmax of beta x along the middle axis of (outer, length, inner), for every beta, infinite and 0 included.

import { Scale, power, scaleFor, setAnchor, stretchExponent } from "./exp";
import { gatherRows, scatterRows } from "./narrow";
import { clearSums, expPanel, maxima, multiplyPanel } from "./panel";
import { BLOCK, expBlock, maximum, multiply, stretch } from "./rows";
import { addAcross, bytes, lanes, maxAcross } from "./simd";
import { LINE, NARROW, PANEL, anchorAt, lineAt, linesAt, sumLines, sumsAt, totalAt } from "./state";
import { accumulate, clear, reciprocal } from "./total";

/** Rows of at most so many elements are taken a vector of them at a time: a longer one would push the others from L1. */
const TOGETHER: i32 = 512;

/** `rows` (1 to lanes) contiguous rows: what comes once a row is done for all in one vector, a row a lane. */
function softmaxRows<T>(x: usize, y: usize, rows: i32, length: i32, scale: Scale<T>, scratch: usize): void {
  const line = lineAt(scratch), anchor = anchorAt(scratch, 0), total = totalAt(scratch, 0);
  const full = length / lanes<T>(), width = length & (lanes<T>() - 1);
  const row = bytes<T>(length);
  for (let r = 0; r < rows; r++) v128.store(line + (<usize>r << 4), maximum<T>(x + row * r, full, width));
  // Lanes without a row repeat the last.
  for (let r = rows; r < lanes<T>(); r++) v128.store(line + (<usize>r << 4), v128.load(line + (<usize>(rows - 1) << 4)));
  const max = maxAcross<T>(line);
  const exact = setAnchor<T>(anchor, max, scale);
  if (!v128.all_true<i32>(exact)) {
    v128.store(line, v128.andnot(max, exact));
    const f = v128.splat<T>(scale.f), g = v128.splat<T>(scale.g);
    for (let r = 0; r < rows; r++) {
      stretch<T>(x + row * r, y + row * r, full, width, v128.load_splat<T>(line + bytes<T>(r)), f, g);
    }
    x = y;
  }
  clear(total);
  for (let e = 0; e < length; e += BLOCK * lanes<T>()) {
    const count = min(length - e, BLOCK * lanes<T>());
    for (let r = 0; r < rows; r++) {
      const at = row * r + bytes<T>(e), q = changetype<usize>(anchor) + bytes<T>(r);
      const sum = expBlock<T>(x + at, y + at, count / lanes<T>(), count & (lanes<T>() - 1), q, scale);
      v128.store(line + (<usize>r << 4), sum);
    }
    const low = addAcross<T>(line);
    accumulate<T>(total, low, sizeof<T>() == 4 ? addAcross<T>(line + 32) : low);
  }
  v128.store(line, reciprocal<T>(total));
  for (let r = 0; r < rows; r++) multiply<T>(y + row * r, full, width, v128.load_splat<T>(line + bytes<T>(r)));
}

/** Rows whose elements are neighbours. */
function softmaxAlong<T>(x: usize, y: usize, outer: i32, length: i32, scale: Scale<T>, scratch: usize): void {
  const row = bytes<T>(length);
  if (sizeof<T>() == 4 && length < NARROW && outer >= lanes<T>()) {
    const inSums = length <= sumLines<T>();
    const lines = inSums ? sumsAt(scratch) : linesAt(scratch);
    if (inSums) clearSums<T>(length, lines);
    while (outer >= lanes<T>()) {
      const count = min(outer / lanes<T>(), PANEL);
      gatherRows(x, count, length, lines, lineAt(scratch));
      expPanel<T>(lines, lines, length, LINE, count, 0, inSums, scale, scratch);
      scatterRows(lines, count, length, y, lineAt(scratch));
      outer -= count * lanes<T>();
      x += row * count * lanes<T>();
      y += row * count * lanes<T>();
    }
  }
  const rows = length <= TOGETHER ? lanes<T>() : 1;
  for (; outer > 0; outer -= rows, x += row * rows, y += row * rows) {
    softmaxRows<T>(x, y, min(outer, rows), length, scale, scratch);
  }
}

/** Rows whose elements stand `inner` elements apart. */
function softmaxAcross<T>(
  x: usize, y: usize, outer: i32, length: i32, inner: i32, scale: Scale<T>, scratch: usize,
): void {
  const stride = bytes<T>(inner);
  for (; outer > 0; outer--, x += stride * length, y += stride * length) {
    for (let column = 0; column < inner; column += PANEL * lanes<T>()) {
      const at = bytes<T>(column), count = min(inner - column, PANEL * lanes<T>());
      const full = count / lanes<T>(), width = count & (lanes<T>() - 1);
      maxima<T>(x + at, length, stride, full, width, lineAt(scratch));
      expPanel<T>(x + at, y + at, length, stride, full, width, false, scale, scratch);
      multiplyPanel<T>(y + at, length, stride, full, width, lineAt(scratch));
    }
  }
}

/** Where the logits are that beta wants: x, or y once it has the others. */
export function prepare<T>(x: usize, y: usize, count: i32, beta: f64): usize {
  const e = stretchExponent<T>(beta);
  if (beta >= 0 && e >= 0) return x;
  // The smallest logits are the largest of -x; a small beta leaves less of each.
  const down = min(e, 0);
  const sign = beta < 0 ? v128.splat<T>(-0.0) : i32x4.splat(0);
  const f = v128.xor(v128.splat<T>(power<T>(down / 2)), sign), g = v128.splat<T>(power<T>(down - down / 2));
  stretch<T>(x, y, count / lanes<T>(), count & (lanes<T>() - 1), i32x4.splat(0), f, g);
  return y;
}

function softmax<T>(x: usize, y: usize, outer: i32, length: i32, inner: i32, beta: f64, scratch: usize): void {
  const scale = scaleFor<T>(beta, length == 1, scratch);
  x = prepare<T>(x, y, outer * length * inner, beta);
  if (sizeof<T>() == 8 || inner == 1) softmaxAlong<T>(x, y, outer, length, scale, scratch);
  else softmaxAcross<T>(x, y, outer, length, inner, scale, scratch);
}

/**
 * y = softmax(beta x) along the middle of (outer, length, inner) row-major float32 values at x; y may be x, and overlaps
 * it in no other way. No dimension is 0, beta is not NaN. `scratch`: 5120 bytes, aligned to 16.
 */
export function softmaxF32(
  x: usize, y: usize, outer: i32, length: i32, inner: i32, beta: f64, scratch: usize,
): void {
  softmax<f32>(x, y, outer, length, inner, beta, scratch);
}

/** The same for float64, where `inner` has to be 1: a panel's code would take 2.4 KB of the module. */
export function softmaxF64(
  x: usize, y: usize, outer: i32, length: i32, inner: i32, beta: f64, scratch: usize,
): void {
  softmax<f64>(x, y, outer, length, inner, beta, scratch);
}
