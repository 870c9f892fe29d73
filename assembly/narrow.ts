// float32 rows of few columns, turned so that a row is a lane: one at a time they would spend most of their time on what
// comes once a row. In float64 a vector has but two lanes, and little to gain.

import { bytes, loadLanes, storeLanes } from "./simd";
import { LINE } from "./state";

/** Turns `count` vectors of rows into a panel at `lines`, squares of 4x4, then column by column; their maxima to `line`. */
export function gatherRows(x: usize, count: i32, length: i32, lines: usize, line: usize): void {
  const row = bytes<f32>(length);
  for (; count > 0; count--, lines += 16, line += 16, x += 3 * row) {
    let p = lines, left = length;
    let m0 = f32x4.splat(-Infinity), m1 = m0;
    for (; left >= 4; left -= 4, x += 16, p += 4 * LINE) {
      const r0 = v128.load(x), r1 = v128.load(x + row), r2 = v128.load(x + 2 * row), r3 = v128.load(x + 3 * row);
      const a = v128.shuffle<u32>(r0, r1, 0, 4, 1, 5), b = v128.shuffle<u32>(r0, r1, 2, 6, 3, 7);
      const c = v128.shuffle<u32>(r2, r3, 0, 4, 1, 5), d = v128.shuffle<u32>(r2, r3, 2, 6, 3, 7);
      const v0 = v128.shuffle<u64>(a, c, 0, 2), v1 = v128.shuffle<u64>(a, c, 1, 3);
      const v2 = v128.shuffle<u64>(b, d, 0, 2), v3 = v128.shuffle<u64>(b, d, 1, 3);
      v128.store(p, v0);
      v128.store(p, v1, LINE);
      v128.store(p, v2, 2 * LINE);
      v128.store(p, v3, 3 * LINE);
      m0 = f32x4.pmax(f32x4.pmax(m0, v0), v1);
      m1 = f32x4.pmax(f32x4.pmax(m1, v2), v3);
    }
    for (; left > 0; left--, x += 4, p += LINE) {
      const v = loadLanes<f32>(x, row);
      v128.store(p, v);
      m0 = f32x4.pmax(m0, v);
    }
    v128.store(line, f32x4.pmax(m0, m1));
  }
}

/** The way back, each row times its factor at `line`. */
export function scatterRows(lines: usize, count: i32, length: i32, y: usize, line: usize): void {
  const row = bytes<f32>(length);
  for (; count > 0; count--, lines += 16, line += 16, y += 3 * row) {
    const factor = v128.load(line);
    let p = lines, left = length;
    for (; left >= 4; left -= 4, y += 16, p += 4 * LINE) {
      const v0 = f32x4.mul(v128.load(p), factor), v1 = f32x4.mul(v128.load(p, LINE), factor);
      const v2 = f32x4.mul(v128.load(p, 2 * LINE), factor), v3 = f32x4.mul(v128.load(p, 3 * LINE), factor);
      const a = v128.shuffle<u32>(v0, v1, 0, 4, 1, 5), b = v128.shuffle<u32>(v0, v1, 2, 6, 3, 7);
      const c = v128.shuffle<u32>(v2, v3, 0, 4, 1, 5), d = v128.shuffle<u32>(v2, v3, 2, 6, 3, 7);
      v128.store(y, v128.shuffle<u64>(a, c, 0, 2));
      v128.store(y + row, v128.shuffle<u64>(a, c, 1, 3));
      v128.store(y + 2 * row, v128.shuffle<u64>(b, d, 0, 2));
      v128.store(y + 3 * row, v128.shuffle<u64>(b, d, 1, 3));
    }
    for (; left > 0; left--, y += 4, p += LINE) storeLanes<f32>(y, row, f32x4.mul(v128.load(p), factor));
  }
}
