// Writes src/oracle.ts, the stored values that `verify()` holds whatever serves against.
// `--check` writes nothing and exits with 1 where the committed file differs.

import { readFileSync, writeFileSync } from "node:fs";
import { softmax } from "../test/support/oracle.js";

const FILE = new URL("../src/oracle.ts", import.meta.url);

const HEADER = `// Written by scripts/oracle.ts; do not edit. The inputs are float32 numbers. The expected values are softmax(beta x) to
// the nearest float64, from exact integer arithmetic (a Taylor series of about 225 bits) that shares nothing with the
// kernels or the reference.

import type { Case } from "./special.js";

export const ORACLE: readonly Case[] = [
`;

/** Scaled logits beta x, near odd multiples of ln2 / 2 on both sides, where the polynomial has most to do. */
const EDGES = [5.25, 4.5, 0.75, -3, -4.5, -5.25];

/** Few rows, each for what only it shows. Those of one expected value take next to no room once compressed. */
const ROWS: readonly { readonly beta: number; readonly x: readonly number[] }[] = [
  { beta: 1, x: [1, 2, 3] },
  ...[1, -1.5, 12, 0.75 * 2 ** -10].map((beta) => ({ beta, x: EDGES.map((z) => z / beta) })),
  // n, the multiple of ln2 that is taken out, is largest here: n times the leading part of ln2 has to be exact.
  ...[250, -250].map((shift) => ({ beta: 1, x: EDGES.map((z) => z + shift) })),
  // n differs most here: a wrong low part of ln2 shows. With beta = 1 it is stored, else it is worked out.
  ...[1, 0.5].map((beta) => ({ beta, x: [78, 77.25, -1, -78].map((z) => z / beta) })),
  // A beta that is no float32 number.
  { beta: 0.1, x: [35, 26, -17] },
  { beta: 500, x: [1, 0.9921875] },
  // The largest floats.
  { beta: 1e-38, x: [1.9375 * 2 ** 127, 2 ** 127, -1.75 * 2 ** 127] },
];

function entry({ beta, x }: { beta: number; x: readonly number[] }): string {
  if (x.some((value) => value !== Math.fround(value))) throw new Error(`[${x}] is not exact in float32`);
  const expected = softmax(x, beta).map((p) => p.high);
  return `  [[${x.join(", ")}], { beta: ${beta} },\n   [${expected.join(", ")}]],\n`;
}

const text = `${HEADER}${ROWS.map(entry).join("")}];
`;

if (!process.argv.includes("--check")) {
  writeFileSync(FILE, text);
} else if (readFileSync(FILE, "utf8").replaceAll("\r\n", "\n") !== text) {
  console.error("src/oracle.ts is not what scripts/oracle.ts writes");
  process.exitCode = 1;
}
