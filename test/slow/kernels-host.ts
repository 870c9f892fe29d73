// Compiles kernels.ts, or another file, with the flags of asconfig.json, and hands its functions out over typed arrays of their own.

import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

export type Target = "simd" | "relaxed-simd";

/** Fill `x`, call `run`, read `y`: the first `count` elements of each. */
export interface Block<A> {
  readonly x: A;
  readonly y: A;
  run(count: number): void;
}

type Kernel = (x: number, y: number, count: number, scratch: number) => void;

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const OUT = "kernels.wasm";
const SCRATCH = 4096;
const DATA = 8192;

/** Elements in a block. */
export const BLOCK = 1 << 16;

/** The module's bytes; nothing is written to disk. */
export async function compile(target: Target, source = "test/slow/kernels.ts"): Promise<Uint8Array<ArrayBuffer>> {
  let bytes: Uint8Array<ArrayBuffer> | undefined;
  const args = [source, "--baseDir", ROOT, "--target", target, "--outFile", OUT];
  const { error, stderr } = await asc.main(args, {
    writeFile(name, contents) {
      if (name === OUT) bytes = new Uint8Array(contents as Uint8Array<ArrayBuffer>);
    },
  });
  if (error || !bytes) throw new Error(`asc ${args.join(" ")}\n${stderr}`, { cause: error });
  return bytes;
}

export function instantiate(bytes: Uint8Array<ArrayBuffer>): {
  float32: Block<Float32Array<ArrayBuffer>>;
  float64: Block<Float64Array<ArrayBuffer>>;
  log: Block<Float64Array<ArrayBuffer>>;
  log1p: Block<Float64Array<ArrayBuffer>>;
} {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const memory = exports["memory"] as WebAssembly.Memory;
  const second = DATA + 8 * BLOCK;
  memory.grow(Math.ceil((second + 8 * BLOCK) / 65536));
  const buffer = memory.buffer as ArrayBuffer;
  const bind = (kernel: unknown) => (count: number) => (kernel as Kernel)(DATA, second, count, SCRATCH);
  const doubles = (name: string): Block<Float64Array<ArrayBuffer>> => ({
    x: new Float64Array(buffer, DATA, BLOCK),
    y: new Float64Array(buffer, second, BLOCK),
    run: bind(exports[name]),
  });
  return {
    float32: {
      x: new Float32Array(buffer, DATA, BLOCK),
      y: new Float32Array(buffer, second, BLOCK),
      run: bind(exports["expF32"]),
    },
    float64: doubles("expF64"),
    log: doubles("logF64"),
    log1p: doubles("log1pF64"),
  };
}

/** The kernel over any number of float64 values. */
export function over(block: Block<Float64Array>, xs: Float64Array): Float64Array<ArrayBuffer> {
  const ys = new Float64Array(xs.length);
  for (let start = 0; start < xs.length; start += BLOCK) {
    const part = xs.subarray(start, start + BLOCK);
    block.x.set(part);
    block.run((part.length + 1) & ~1);
    ys.set(block.y.subarray(0, part.length), start);
  }
  return ys;
}
