// Cross-entropy of softmax(beta x) over contiguous rows, and its gradient with respect to x.
//
// Row r gives each class c a coefficient a: that of its label, of its target probability, of smoothing, added. The loss
// is the sum of a (-log p), that is A log1p(r) - sum a (z - m), with A the sum of the a; its gradient is beta (A p - a).
// At a confident maximum, p = 1 - q with q = r / (1 + r), so the gradient there is beta ((A - a) - A q), which cancels
// nothing.

import { Scale } from "./exp";
import { log1p } from "./log";
import { Normalizer, TOGETHER, anchorRows, normalizerAt, prepare, sumRows } from "./normalizer";
import { multiply } from "./rows";
import { bytes, lanes } from "./simd";
import { linesAt } from "./state";

/** Labels: of a row that does not count, and of one that has targets in place of a label. */
const IGNORED: i32 = -1;
const NO_LABEL: i32 = -2;

/** How many classes are added up before they go to the row's sums: fewer roundings than one after the other. */
const RUN: i32 = 256;

/** The target of a row: coefficient c is (keep targets[c] + smooth) weight[c], with `own` more at the label. */
@unmanaged
class Target {
  label: i32;
  /** pointers, or 0 where each target is 0, each weight 1 */
  targets: usize;
  weight: usize;
  keep: f64;
  smooth: f64;
  own: f64;
  /** A, and the sum of a beta (x - m) half */
  sum: f64;
  fall: f64;
}

/** Row r's, after the logarithms. */
// @ts-ignore: decorator
@inline
function targetAt(scratch: usize, r: i32): Target {
  return changetype<Target>(linesAt(scratch) + 32 + r * offsetof<Target>());
}

/** The coefficient of class c, but for what the label has more. */
// @ts-ignore: decorator
@inline
function coefficient<T>(t: Target, c: i32): f64 {
  let a = t.smooth;
  if (t.targets) a += t.keep * <f64>load<T>(t.targets + bytes<T>(c));
  return t.weight ? a * <f64>load<T>(t.weight + bytes<T>(c)) : a;
}

/** Adds up A and the falls of the classes whose coefficient is not 0; `max` is halved as x is. */
function addFalls<T>(x: usize, columns: i32, max: f64, half: f64, rate: f64, t: Target): void {
  for (let c = 0; c < columns; ) {
    let sum = 0.0, fall = 0.0;
    for (const end = min(columns, c + RUN); c < end; c++, x += bytes<T>(1)) {
      const a = coefficient<T>(t, c);
      sum += a;
      if (a != 0) fall += a * ((<f64>load<T>(x) * half - max) * rate);
    }
    t.sum += sum;
    t.fall += fall;
  }
}

/** Kept to finite numbers: 0 times it is 0. NaN stays. */
function finite(v: f64): f64 {
  return max(-f64.MAX_VALUE, min(f64.MAX_VALUE, v));
}

/** y = y factor, in steps where the factor is beyond float32. */
function multiplyBy<T>(y: usize, columns: i32, factor: f64): void {
  const full = columns / lanes<T>(), width = columns & (lanes<T>() - 1);
  if (sizeof<T>() == 4) {
    const up = abs(factor) > 1, step: f64 = up ? 18446744073709551616.0 : 5.421010862427522e-20; // 2^±64
    while (up ? abs(factor) > 1e36 : abs(factor) < 1e-36 && factor != 0) {
      multiply<T>(y, full, width, v128.splat<T>(<T>step));
      factor /= step;
    }
  }
  multiply<T>(y, full, width, v128.splat<T>(<T>factor));
}

/** The gradient of row r from its exponentials at grad. */
function gradientRow<T>(grad: usize, columns: i32, t: Target, r: i32, factor: f64, scratch: usize): void {
  const n = changetype<usize>(normalizerAt<T>(scratch));
  const ratio = load<f64>(n + 8 * r, offsetof<Normalizer<T>>("low"));
  const place = load<i32>(n + 4 * r, offsetof<Normalizer<T>>("place"));
  const top = <f64>load<T>(n + bytes<T>(r), offsetof<Normalizer<T>>("top"));
  const sum = t.sum, total = top * (1 + ratio), share = sum / total, label = t.label;
  const power = label < 0 ? 0 : <f64>load<T>(grad + bytes<T>(label));
  if (t.targets || t.smooth != 0) {
    for (let c = 0, p = grad; c < columns; c++, p += bytes<T>(1)) {
      store<T>(p, <T>((<f64>load<T>(p) * share - coefficient<T>(t, c)) * factor));
    }
  } else {
    multiplyBy<T>(grad, columns, finite(factor * sum) / total);
  }
  if (ratio < 1) {
    const own = coefficient<T>(t, place) + (place == label ? t.own : 0);
    store<T>(grad + bytes<T>(place), <T>((sum - own - sum * (ratio / (1 + ratio))) * factor));
    if (place == label) return;
  }
  if (label >= 0) {
    const own = coefficient<T>(t, label) + t.own;
    store<T>(grad + bytes<T>(label), <T>((power * share - own) * factor));
  }
}

/** `rows` (1 to lanes) rows, whose targets are set but for the sums. */
function crossEntropyRows<T>(
  x: usize, grad: usize, rows: i32, columns: i32, beta: f64, factor: f64, losses: usize, scale: Scale<T>, scratch: usize,
): void {
  const n = normalizerAt<T>(scratch), logs = linesAt(scratch), row = bytes<T>(columns);
  // At beta 0 a fall to -Infinity is still one.
  const rate = beta == 0 ? 5e-324 : beta;
  anchorRows<T>(x, 0, rows, columns, scale, scratch);
  for (let r = 0; r < rows; r++) {
    const t = targetAt(scratch, r), p = changetype<usize>(n) + bytes<T>(r), at = x + row * r;
    const half = <f64>load<T>(p, offsetof<Normalizer<T>>("half"));
    const max = half * <f64>load<T>(p, offsetof<Normalizer<T>>("max"));
    t.sum = t.own;
    t.fall = t.own != 0 ? t.own * ((<f64>load<T>(at + bytes<T>(t.label)) * abs(half) - max) * rate) : 0;
    if (t.targets || t.smooth != 0) addFalls<T>(at, columns, max, abs(half), rate, t);
  }
  sumRows<T>(x, grad, 0, rows, columns, scale, scratch);
  v128.store(logs, log1p(n.low));
  if (sizeof<T>() == 4) v128.store(logs, log1p(n.high), 16);
  for (let r = 0; r < rows; r++) {
    const t = targetAt(scratch, r);
    const half = <f64>load<T>(changetype<usize>(n) + bytes<T>(r), offsetof<Normalizer<T>>("half"));
    const isIgnored = t.label == IGNORED;
    store<f64>(losses + 8 * r, isIgnored ? 0 : t.sum * load<f64>(logs + 8 * r) - t.fall / abs(half));
    if (!grad) continue;
    if (isIgnored) memory.fill(grad + row * r, 0, row);
    else gradientRow<T>(grad + row * r, columns, t, r, factor, scratch);
  }
}

function crossEntropy<T>(
  x: usize, grad: usize, rows: i32, columns: i32, beta: f64, labels: usize, targets: usize, weight: usize, scales: usize,
  keep: f64, smooth: f64, gradScale: f64, losses: usize, scratch: usize,
): void {
  const scale = prepare<T>(beta, scratch), factor = finite(gradScale * beta), row = bytes<T>(columns);
  const together = columns <= TOGETHER ? lanes<T>() : 1;
  for (let start = 0; start < rows; start += together) {
    const count = min(rows - start, together), at = row * start;
    for (let r = 0; r < count; r++) {
      const t = targetAt(scratch, r), share = scales ? load<f64>(scales + 8 * (start + r)) : 1;
      const label = labels ? load<i32>(labels + 4 * (start + r)) : NO_LABEL;
      t.label = label;
      t.targets = targets ? targets + row * (start + r) : 0;
      t.weight = weight;
      t.keep = share * keep;
      t.smooth = label == IGNORED ? 0 : share * smooth;
      t.own = label < 0 ? 0 : t.keep * (weight ? <f64>load<T>(weight + bytes<T>(label)) : 1);
    }
    crossEntropyRows<T>(x + at, grad ? grad + at : 0, count, columns, beta, factor, losses + 8 * start, scale, scratch);
  }
}

/**
 * Of `rows` contiguous rows of `columns` float32 values at x, each row's loss, in float64: the sum over the classes of
 * a (-log p), with p = softmax(beta x) and a = scales[row] (label: keep weight[class]; target: keep targets[row, class]
 * weight[class]; and smooth weight[class]). A class whose a is 0 adds 0. And, where `grad` is not 0, gradScale times the
 * loss's gradient; grad may be x, and overlaps it in no other way.
 *
 * Exactly one of `labels` (int32; -1: the row is ignored, loss and gradient are 0) and `targets` (float32) is not 0;
 * `weight` (float32, one a class) and `scales` (float64, one a row) may be 0: then all are 1. Neither count is 0, beta is
 * finite. `scratch`: 5120 bytes, aligned to 16.
 */
export function crossEntropyF32(
  x: usize, grad: usize, rows: i32, columns: i32, beta: f64, labels: usize, targets: usize, weight: usize, scales: usize,
  keep: f64, smooth: f64, gradScale: f64, losses: usize, scratch: usize,
): void {
  crossEntropy<f32>(
    x, grad, rows, columns, beta, labels, targets, weight, scales, keep, smooth, gradScale, losses, scratch,
  );
}

/** The same for float64. */
export function crossEntropyF64(
  x: usize, grad: usize, rows: i32, columns: i32, beta: f64, labels: usize, targets: usize, weight: usize, scales: usize,
  keep: f64, smooth: f64, gradScale: f64, losses: usize, scratch: usize,
): void {
  crossEntropy<f64>(
    x, grad, rows, columns, beta, labels, targets, weight, scales, keep, smooth, gradScale, losses, scratch,
  );
}
