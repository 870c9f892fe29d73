// Writes src/oracle.ts, the stored values that `verify()` holds whatever serves against.
// `--check` writes nothing and exits with 1 where the committed file differs.

import { readFileSync, writeFileSync } from "node:fs";
import { softmax } from "../test/support/oracle.js";
import { random } from "../test/support/random.js";

const FILE = new URL("../src/oracle.ts", import.meta.url);
const WIDTH = 120;

const HEADER = `// Written by scripts/oracle.ts; do not edit. The inputs are float32 numbers. The expected values are softmax(beta x) to
// the nearest float64, from exact integer arithmetic (a Taylor series of about 225 bits) that shares nothing with the
// kernels or the reference.

/** softmax(beta x) = expected. */
export interface OracleCase {
  readonly name: string;
  readonly beta: number;
  readonly x: readonly number[];
  readonly expected: readonly number[];
}
`;

interface Case {
  name: string;
  beta: number;
  x: number[];
}

/** `length` seeded multiples of 2^-8, short to print and exact in float32. */
function seeded(seed: number, length: number, low: number, high: number): number[] {
  const { uniform } = random(seed);
  return Array.from({ length }, () => Math.round(uniform(low, high) * 256) / 256);
}

const CASES: Case[] = [
  { name: "one logit", beta: 1, x: [-7] },
  { name: "two logits", beta: 1, x: [0.5, -0.25] },
  { name: "equal logits", beta: 1, x: [2.75, 2.75, 2.75, 2.75, 2.75] },
  { name: "one, two, three", beta: 1, x: [1, 2, 3] },
  { name: "thousands", beta: 1, x: [1000, 2000, 3000, 4000, 5000] },
  { name: "within 10", beta: 1, x: seeded(1, 17, -10, 10) },
  // The multiples n of ln2 that are taken out differ most here: a wrong low part of ln2 shows.
  { name: "within 80", beta: 1, x: seeded(2, 19, -80, 80) },
  // n is largest here: n times the leading part of ln2 has to be exact.
  { name: "about 250", beta: 1, x: seeded(3, 9, 240, 256) },
  { name: "about -250", beta: 1, x: seeded(4, 9, -256, -240) },
  { name: "beta 0.1", beta: 0.1, x: seeded(5, 9, -40, 40) },
  { name: "beta 10", beta: 10, x: seeded(6, 9, -1, 1) },
  { name: "beta -1.5", beta: -1.5, x: seeded(7, 11, -6, 6) },
  { name: "beta 500", beta: 500, x: seeded(8, 7, 0.9375, 1) },
  { name: "beta 0.001", beta: 1e-3, x: seeded(9, 9, -4000, 4000) },
  { name: "the largest floats", beta: 1e-38, x: [1.5, 1.75, -1.5, 1, 0, -1.75, 1.9375].map((m) => m * 2 ** 127) },
];

/** A property whose value is a list, broken as the formatter breaks it. */
function property(key: string, values: number[]): string {
  const items = values.map((value) => String(value).replace("e+", "e"));
  const line = `    ${key}: [${items.join(", ")}],`;
  if (line.length <= WIDTH) return line;
  const lines = [""];
  for (const item of items) {
    const last = lines.length - 1;
    const longer = `${lines[last]} ${item},`;
    if (longer.length + 5 <= WIDTH) lines[last] = longer;
    else lines.push(` ${item},`);
  }
  return [`    ${key}: [`, ...lines.map((l) => `     ${l}`), "    ],"].join("\n");
}

function entry({ name, beta, x }: Case): string {
  if (x.some((value) => value !== Math.fround(value))) throw new Error(`"${name}" is not exact in float32`);
  const expected = softmax(x, beta).map((p) => p.high);
  const head = `    name: ${JSON.stringify(name)},\n    beta: ${beta},`;
  return `  {\n${head}\n${property("x", x)}\n${property("expected", expected)}\n  },`;
}

const text = `${HEADER}
export const ORACLE: readonly OracleCase[] = [
${CASES.map(entry).join("\n")}
];
`;

if (!process.argv.includes("--check")) {
  writeFileSync(FILE, text);
} else if (readFileSync(FILE, "utf8").replaceAll("\r\n", "\n") !== text) {
  console.error("src/oracle.ts is not what scripts/oracle.ts writes");
  process.exitCode = 1;
}
