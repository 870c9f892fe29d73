// docs/adding-an-op.md: its example compiles, uses what there is, and computes what it says.

import { existsSync, readFileSync } from "node:fs";
import { posix, resolve } from "node:path";
import asc from "assemblyscript/asc";
import { transformSync } from "esbuild";
import { expect, it } from "vitest";
import { logits } from "../support/floats.js";
import { layoutOf } from "../support/signatures.js";

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  sparsemaxF32(x: number, y: number, rows: number, columns: number): void;
}

const page = readFileSync("docs/adding-an-op.md", "utf8");
const blocks = Array.from(page.matchAll(/^```ts\n([\s\S]*?)^```$/gm), ([, code]) => code as string);

const ODD: readonly ArrayLike<number>[] = [
  [NaN, 0],
  [0, Infinity],
  [-Infinity, 3],
  [-Infinity, -Infinity],
  [5, 5, 5],
];

function blockWith(text: string): string {
  const found = blocks.find((block) => block.includes(text));
  if (found === undefined) throw new Error(`no block with "${text}"`);
  return found;
}

/** As if the text were in a file of that name. */
async function compileAs(file: string, text: string): Promise<Uint8Array<ArrayBuffer>> {
  let bytes: Uint8Array<ArrayBuffer> | undefined;
  const { error, stderr } = await asc.main([file, "--target", "simd", "--outFile", "out.wasm"], {
    readFile: (name, base) => {
      if (name === file) return text;
      const path = resolve(base, name);
      return existsSync(path) ? readFileSync(path, "utf8") : null;
    },
    writeFile: (name, contents) => {
      if (name === "out.wasm") bytes = new Uint8Array(contents as Uint8Array<ArrayBuffer>);
    },
  });
  if (error || !bytes) throw new Error(String(stderr), { cause: error });
  return bytes;
}

it("has a kernel that agrees with its reference, and has the parameters that it counts", async () => {
  const bytes = await compileAs("assembly/worked-example.ts", blockWith("// sparsemax over"));
  const kernel = { parameters: ["i32", "i32", "i32", "i32"], results: [] };
  expect(layoutOf(bytes).functions).toEqual({ sparsemaxF32: kernel, sparsemaxF64: kernel });
  expect(page).toContain("`sparsemaxF32: 4, sparsemaxF64: 4`");
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const { memory, sparsemaxF32 } = exports as unknown as Exports;
  const { code } = transformSync(blockWith("function sparsemaxRow").replace("export ", ""), { loader: "ts" });
  const exact = new Function(`${code} return sparsemaxRow;`)() as (row: Float64Array) => Float64Array;
  for (const row of [...ODD, ...Array.from({ length: 50 }, (_, i) => logits("float32", i + 1, i, 3))]) {
    const y = new Float32Array(memory.buffer, 65_536, row.length);
    y.set(row);
    sparsemaxF32(65_536, 65_536, 1, row.length);
    exact(Float64Array.from(row)).forEach((p, i) => {
      const q = y[i]!;
      expect(Object.is(p, q) || Math.abs(p - q) < 1e-7, `${q} at ${i} of ${row.length}, expected ${p}`).toBe(true);
    });
  }
});

it("has an op of names that are exported where it takes them from", () => {
  const imports = [...blockWith("const ROWS_SPARSEMAX").matchAll(/^import (?:type )?\{ (.*) \} from "(.*)\.js";$/gm)];
  expect(imports).toHaveLength(5);
  for (const [, names, from] of imports) {
    const source = readFileSync(`${posix.join("src/ops", from!)}.ts`, "utf8");
    for (const name of names!.split(/, (?:type )?/).filter((name) => name !== "SPARSEMAX")) {
      expect(source, from).toMatch(new RegExp(`^export (const|function|interface|class) ${name}\\b`, "m"));
    }
  }
});
