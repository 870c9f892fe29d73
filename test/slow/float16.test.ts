// narrowF16 over every float32 bit pattern, against the borders between float16 numbers.

import { setImmediate } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { halfway, INFINITE } from "../support/float16.js";
import { instantiate, TAKEN } from "../support/modules.js";

const BLOCK = 1 << 15;
const FLOAT_INFINITE = 0x7f800000;
const NEGATIVE = 0x80000000;

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The bit pattern of the last float32 that rounds to the float16 of `half`: the border itself if `half` is even. */
function lastOf(half: number): number {
  if (half === INFINITE) return FLOAT_INFINITE;
  float[0] = halfway(half);
  return half % 2 === 0 ? (bits[0] as number) : (bits[0] as number) - 1;
}

const LAST = Uint32Array.from({ length: INFINITE + 1 }, (_, half) => lastOf(half));

describe.each(TAKEN)("%s module", (target) => {
  const { memory, heapBase, narrowF16 } = instantiate(target);
  const x = Math.ceil(heapBase.value / 16) * 16;
  const y = x + 4 * BLOCK;
  const patterns = new Uint32Array(memory.buffer, x, BLOCK);
  const halves = new Uint16Array(memory.buffer, y, BLOCK);

  test.each([0, NEGATIVE])("every float32 from bit pattern %d on rounds to the nearest float16", async (sign) => {
    let wrong = 0;
    let half = 0;
    for (let start = 0; start < NEGATIVE; start += BLOCK) {
      for (let i = 0; i < BLOCK; i++) patterns[i] = sign + start + i;
      narrowF16(x, y, BLOCK);
      for (let i = 0; i < BLOCK; i++) {
        const got = (halves[i] as number) - (sign >>> 16);
        if (start + i > FLOAT_INFINITE) {
          // NaN, of either sign.
          if ((got & 0x7fff) <= INFINITE) wrong++;
          continue;
        }
        if (start + i > (LAST[half] as number)) half++;
        if (got !== half) wrong++;
      }
      if (start % (BLOCK << 8) === 0) await setImmediate();
    }
    expect(half).toBe(INFINITE);
    expect(wrong).toBe(0);
  });
});
