// Calls of the kernels that move and convert elements.

import { random } from "../support/random.js";
import { changed, FEW, given, logits, over, result } from "./inputs.js";
import type { Call } from "./script.js";

/** Of both modules that have them. */
export function moves(): Call[] {
  const halves = Uint16Array.from({ length: 65_536 }, (_, bits) => bits);
  const source = random(7);
  const singles = Uint32Array.from({ length: 4099 }, () => source.bits());
  const numbers = Float32Array.from({ length: 4099 }, () => source.uniform(-7e4, 7e4) * 2 ** -source.integer(30));
  return [
    {
      name: "widenF16 of every float16",
      kernel: "widenF16",
      areas: { x: given(halves), y: result("f32", halves.length) },
      arguments: ["x", "y", halves.length],
    },
    ...[singles, numbers].map((x, i) => ({
      name: `narrowF16 of ${i === 0 ? "random bits" : "numbers"}`,
      kernel: "narrowF16",
      areas: { x: given(x), y: { bytes: 2 * 4098, compared: "i32" } as const },
      arguments: ["x", "y", 4098],
    })),
    ...over("select", FEW, [1], (suffix, rows, columns, _, source) => ({
      areas: {
        x: changed(logits(suffix, rows * columns, source)),
        mask: given(Uint8Array.from({ length: rows * columns }, () => source.integer(3))),
      },
      arguments: ["x", "x", "mask", rows * columns, -Infinity],
    })),
    ...FEW.flatMap(([rows, columns]) =>
      [32, 64].map((bits) => {
        const x = logits(bits === 32 ? "F32" : "F64", 2 * rows * columns, random(columns));
        const areas = { x: given(x), y: result(bits === 32 ? "f32" : "f64", x.length) };
        const name = `turn${bits} of 2x${rows}x${columns}`;
        return { name, kernel: `turn${bits}`, areas, arguments: ["x", "y", 2, rows, columns] };
      }),
    ),
  ];
}
