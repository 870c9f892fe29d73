// softmax-simd/parallel's modules: the main entry's kernels over a memory that instances share.

import { describe, expect, it } from "vitest";
import { KERNELS, PARALLEL_KERNELS } from "../src/abi.js";
import type { FloatArray } from "../src/types.js";
import { CALLS } from "./abi/calls.js";
import { type Compared, type Performed, perform } from "./abi/script.js";
import { expectSame } from "./support/floats.js";
import { instantiate, instantiateParallel, moduleBytes, sharedMemory, TAKEN } from "./support/modules.js";

/** What a call left, number by number. */
function resultsOf({ data }: Performed): (FloatArray | Int32Array)[] {
  return data.flatMap(({ after, compared }) => (compared === undefined ? [] : [numbers(after, compared)]));
}

function numbers({ buffer }: Uint8Array, compared: Compared): FloatArray | Int32Array {
  const all = buffer as ArrayBuffer;
  if (compared === "i32") return new Int32Array(all);
  return compared === "f32" ? new Float32Array(all) : new Float64Array(all);
}

describe.each(TAKEN)("parallel.%s module", (target) => {
  const module = new WebAssembly.Module(moduleBytes(target, "parallel."));

  it("imports its memory alone, exports the kernels of src/abi.ts, with their parameters, and nothing else", () => {
    const memory = sharedMemory();
    const exported = instantiateParallel(target, memory);
    const functions = Object.entries(exported).filter(([, value]) => typeof value === "function");
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: "env", name: "memory", kind: "memory" }]);
    expect(Object.fromEntries(functions.map(([name, f]) => [name, f.length]))).toEqual(PARALLEL_KERNELS);
    const names = [...Object.keys(PARALLEL_KERNELS), "heapBase", "memory", "relaxed"];
    expect(Object.keys(exported).sort()).toEqual(names.sort());
    expect(exported.relaxed.value).toBe(target === "relaxed-simd" ? 1 : 0);
    expect(exported.memory).toBe(memory);
    expect(PARALLEL_KERNELS).toMatchObject(KERNELS);
  });

  it("takes a memory of any size from 17 pages to 4 GiB, if it is shared", () => {
    expect(instantiateParallel(target, sharedMemory(40)).memory.buffer.byteLength).toBe(40 * 65_536);
    const refused = [sharedMemory(16), new WebAssembly.Memory({ initial: 17, maximum: 65_536 })];
    for (const memory of refused) expect(() => instantiateParallel(target, memory)).toThrow(WebAssembly.LinkError);
    const small = new WebAssembly.Memory({ initial: 17, maximum: 20, shared: true });
    expect(instantiateParallel(target, small).memory).toBe(small);
  });

  it("gives the bits of the main entry's module, kernel by kernel, and never writes where its constants are", () => {
    const main = instantiate(target);
    const memory = sharedMemory();
    const parallel = instantiateParallel(target, memory);
    const statics = new Uint8Array(memory.buffer, 0, parallel.heapBase.value);
    const before = statics.slice();
    const calls = CALLS[""]!();
    for (const call of calls) {
      const expected = perform(main, call);
      const got = perform(parallel, call);
      expect(got.returned).toBe(expected.returned);
      const results = resultsOf(got);
      for (const [i, result] of resultsOf(expected).entries()) expectSame(results[i]!, result);
    }
    expect(new Set(calls.map(({ kernel }) => kernel))).toEqual(new Set(Object.keys(KERNELS)));
    expect(statics).toEqual(before);
  });

  it("leaves a memory as it is, when there is one more instance over it, but for the same constants", () => {
    const memory = sharedMemory();
    const { heapBase } = instantiateParallel(target, memory);
    const constants = new Uint8Array(memory.buffer, 0, heapBase.value).slice();
    const all = new Uint8Array(memory.buffer);
    all.fill(0xa5, heapBase.value);
    instantiateParallel(target, memory);
    expect(all.subarray(0, heapBase.value)).toEqual(constants);
    expect(all.subarray(heapBase.value).every((byte) => byte === 0xa5)).toBe(true);
  });
});
