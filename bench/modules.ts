import { type BackendName, createSoftmax } from "softmax-simd";
import { type Contender, isFloat32Rows } from "./contender.js";
import { ops } from "./ops.js";
import { calls } from "./ours.js";

/** What Node 20 needs, and later versions refuse. */
const RELAXED = ["--experimental-wasm-relaxed-simd"];

/** One of the package's two modules, whichever the engine would pick by itself. */
function module(target: BackendName, flags: readonly string[] = []): Contender {
  return {
    name: `softmax-simd, ${target}`,
    flags,
    takes: (given) => ["softmax", "logSoftmax"].includes(given.op) && isFloat32Rows(given),
    async load({ op }) {
      const { createRequire } = await import("node:module");
      const { readFile } = await import("node:fs/promises");
      const path = createRequire(`${process.cwd()}/`).resolve(`softmax-simd/${target}.wasm`);
      return calls(createSoftmax({ bytes: await readFile(path) }), ops[op], "array to array");
    },
  };
}

export const modules: readonly Contender[] = [module("simd"), module("relaxed-simd", RELAXED)];
