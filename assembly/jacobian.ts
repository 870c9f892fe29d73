// First and second derivatives of softmax. A row of them is a multiple of s, but for one or two elements:
//   ds_r / dx_k        = -beta s_r (s_k - [k = r])
//   d²s_i / dx_r dx_k  = 2 beta² s_i s_r s_k where no two indices are equal
//                      = beta² s_i s_k (2 s_i - 1) where r = i
//                      = beta² s_i s_r (2 s_r - 1) where k = r, and so for i
//                      = beta² s_i (1 - s_i) (1 - 2 s_i) where all are
// A block is K such rows: a Jacobian, or the second derivatives of one s_i.

import { bytes, lanes, product } from "./simd";

/** Whether T holds every product of two betas and probabilities, and rows are as long as a vector. */
function isPlain<T>(columns: i32, beta: f64): bool {
  return columns >= lanes<T>() && abs(beta) <= (sizeof<T>() == 4 ? 1e18 : 1e150);
}

/** How many rows are written before elements of their own are: they are still in the cache. Without `plain`, one. */
function together<T>(columns: i32, plain: bool): i32 {
  return plain ? max(1, 32768 / <i32>bytes<T>(columns)) : 1;
}

/**
 * `rows` rows s c with c = offset - factor p for each of the elements at p; so no c is -0. A row is no shorter than a
 * vector, and ends with a whole one that may overlap the one before. The last row may be s itself.
 */
function multiples<T>(s: usize, to: usize, columns: i32, p: usize, rows: i32, factor: f64, offset: f64): void {
  const row = bytes<T>(columns), last = row - 16, end = p + bytes<T>(rows);
  const f = v128.splat<T>(<T>factor), o = v128.splat<T>(<T>offset);
  const v0 = v128.load(s), v3 = v128.load(s + last);
  if (last <= 48) {
    const second = min(last, 16), third = min(last, 32);
    const v1 = v128.load(s + second), v2 = v128.load(s + third);
    for (; p < end; p += bytes<T>(1), to += row) {
      const c = v128.sub<T>(o, v128.mul<T>(v128.load_splat<T>(p), f));
      v128.store(to, v128.mul<T>(v0, c));
      v128.store(to + second, v128.mul<T>(v1, c));
      v128.store(to + third, v128.mul<T>(v2, c));
      v128.store(to + last, v128.mul<T>(v3, c));
    }
    return;
  }
  for (; p < end; p += bytes<T>(1), to += row) {
    const c = v128.sub<T>(o, v128.mul<T>(v128.load_splat<T>(p), f));
    // Stores are aligned: one across two cache lines takes twice as long.
    const head = -to & 15;
    let from = s + head, q = to + head, full = <i32>(row - head) >> 4;
    for (; full >= 4; full -= 4, from += 64, q += 64) {
      v128.store(q, v128.mul<T>(v128.load(from), c));
      v128.store(q, v128.mul<T>(v128.load(from, 16), c), 16);
      v128.store(q, v128.mul<T>(v128.load(from, 32), c), 32);
      v128.store(q, v128.mul<T>(v128.load(from, 48), c), 48);
    }
    for (; full > 0; full--, from += 16, q += 16) v128.store(q, v128.mul<T>(v128.load(from), c));
    v128.store(to, v128.mul<T>(v0, c));
    v128.store(to + last, v128.mul<T>(v3, c));
  }
}

/** A row -(s a b m), where a b may be beyond what T holds. */
function scaledExactly<T>(s: usize, to: usize, columns: i32, a: f64, b: f64, m: f64): void {
  for (const end = s + bytes<T>(columns); s < end; s += bytes<T>(1), to += bytes<T>(1)) {
    store<T>(to, <T>(0 - product(a, b, m * <f64>load<T>(s))));
  }
}

function jacobian<T>(s: usize, to: usize, columns: i32, first: i32, count: i32, beta: f64): void {
  const row = bytes<T>(columns), plain = isPlain<T>(columns, beta), group = together<T>(columns, plain);
  s += row * (first / columns);
  for (let r = first % columns; count > 0; ) {
    let rows = min(group, min(count, columns - r)), q = s + bytes<T>(r);
    // A row that is s itself goes alone, after those that need s.
    if (rows > 1 && to + row * (rows - 1) == s) rows--;
    let p = <f64>load<T>(q);
    if (plain) multiples<T>(s, to, columns, q, rows, beta, 0);
    else scaledExactly<T>(s, to, columns, beta * p, 1, 1);
    const end = q + bytes<T>(rows);
    for (let d = to + bytes<T>(r); ; d += row + bytes<T>(1)) {
      store<T>(d, <T>(beta * (p * (1 - p)) + 0.0));
      q += bytes<T>(1);
      if (q == end) break;
      p = <f64>load<T>(q);
    }
    to += row * rows;
    count -= rows;
    r += rows;
    if (r == columns) {
      r = 0;
      s += row;
    }
  }
}

function hessian<T>(s: usize, to: usize, columns: i32, first: i32, count: i32, beta: f64): void {
  const row = bytes<T>(columns), plain = isPlain<T>(columns, beta), group = together<T>(columns, plain);
  let component = first / columns, r = first % columns;
  for (; count > 0; ) {
    const rows = min(group, min(count, columns - r)), i = component % columns;
    const v = s + row * (component / columns);
    const p = <f64>load<T>(v + bytes<T>(i)), a = -beta * p, b = beta * (p - 0.5);
    if (plain) {
      const factor = 2 * a * beta;
      multiples<T>(v, to, columns, v + bytes<T>(r), rows, factor, 0);
      if (i >= r && i < r + rows) multiples<T>(v, to + row * (i - r), columns, v, 1, 0, -2 * a * b);
    } else {
      scaledExactly<T>(v, to, columns, a, r == i ? b : beta * <f64>load<T>(v + bytes<T>(r)), 2);
    }
    count -= rows;
    for (const end = r + rows; r < end; r++, to += row) {
      const q = <f64>load<T>(v + bytes<T>(r));
      if (r != i) store<T>(to + bytes<T>(i), <T>product(a, beta * q, 1 - 2 * p));
      store<T>(to + bytes<T>(r), <T>(r == i ? product(a, b, 2 - 2 * p) + 0.0 : product(a, beta * q, 1 - 2 * q)));
    }
    if (r == columns) {
      r = 0;
      component++;
    }
  }
}

/**
 * Rows `first` to `first + count` of the K x K matrices beta (diag(s) - s sᵀ), one below the other, for the rows s of K
 * float32 values. For one whole matrix, s may be its last row.
 */
export function jacobianF32(s: usize, to: usize, columns: i32, first: i32, count: i32, beta: f64): void {
  jacobian<f32>(s, to, columns, first, count, beta);
}

/** The same for float64. */
export function jacobianF64(s: usize, to: usize, columns: i32, first: i32, count: i32, beta: f64): void {
  jacobian<f64>(s, to, columns, first, count, beta);
}

/** Rows `first` to `first + count` of the K x K x K second derivatives of softmax, likewise. */
export function hessianF32(s: usize, to: usize, columns: i32, first: i32, count: i32, beta: f64): void {
  hessian<f32>(s, to, columns, first, count, beta);
}

/** The same for float64. */
export function hessianF64(s: usize, to: usize, columns: i32, first: i32, count: i32, beta: f64): void {
  hessian<f64>(s, to, columns, first, count, beta);
}
