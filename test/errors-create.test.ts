import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { createSoftmax, verify } from "../src/index.js";
import type { CreateOptions, Softmax } from "../src/types.js";
import { expectIntact, expectValues, logs, shares, thrownBy } from "./support/misuse.js";
import { moduleBytes, TAKEN } from "./support/modules.js";

/** [what is wrong, the options, the error's class, its message] */
type Case = readonly [name: string, options: unknown, kind: ErrorConstructor, message: RegExp];

const MAGIC = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const empty = new Uint8Array(MAGIC);
/** (import "e" "f" (func)) */
const importing = new Uint8Array([...MAGIC, 1, 4, 1, 0x60, 0, 0, 2, 7, 1, 1, 0x65, 1, 0x66, 0, 0]);
const bytes = moduleBytes("simd");
const module = new WebAssembly.Module(bytes);

const OBJECTS: readonly Case[] = [
  ["null", null, TypeError, /^options: expected an object, got null$/],
  ["an array", [], TypeError, /^options: expected an object, got an array of length 0$/],
  ["a number", 1, TypeError, /^options: expected an object, got 1$/],
  ["a string", "seed", TypeError, /^options: expected an object, got "seed"$/],
  ["bytes", bytes, TypeError, /^options: expected an object, got Uint8Array\(\d+\)$/],
];

const CREATE: readonly Case[] = [
  ...OBJECTS,
  [
    "deterministc",
    { deterministc: true },
    TypeError,
    /^unknown option "deterministc": did you mean "deterministic"\?$/,
  ],
  ["max_memory", { max_memory: 1 }, TypeError, /^unknown option "max_memory": did you mean "maxMemory"\?$/],
  ["wasm", { wasm: bytes }, TypeError, /^unknown option "wasm": expected one of module, bytes, deterministic, /],
  ["axis", { axis: 0 }, TypeError, /^unknown option "axis": expected one of module, bytes, deterministic, /],
  ["bytes for module", { module: bytes }, TypeError, /^module: expected a WebAssembly\.Module, got Uint8Array\(\d+\)$/],
  ["null for module", { module: null }, TypeError, /^module: expected a WebAssembly\.Module, got null$/],
  ["an object for module", { module: {} }, TypeError, /^module: expected a WebAssembly\.Module, got an object$/],
  ["a path for bytes", { bytes: "simd.wasm" }, TypeError, /^bytes: expected an ArrayBuffer or .* got "simd\.wasm"$/],
  ["numbers for bytes", { bytes: MAGIC }, TypeError, /^bytes: expected an ArrayBuffer or .* got an array of length 8$/],
  ["a module for bytes", { bytes: module }, TypeError, /^bytes: expected an ArrayBuffer or .* got an object$/],
  ["null for bytes", { bytes: null }, TypeError, /^bytes: expected an ArrayBuffer or .* got null$/],
  ["module and bytes", { module, bytes }, TypeError, /^module, bytes: expected at most one of them/],
  ["deterministic 1", { deterministic: 1 }, TypeError, /^deterministic: expected true or false, got 1$/],
  ["deterministic null", { deterministic: null }, TypeError, /^deterministic: expected true or false, got null$/],
  ["fallback 0", { fallback: 0 }, TypeError, /^fallback: expected true or false, got 0$/],
  ["fallback a string", { fallback: "false" }, TypeError, /^fallback: expected true or false, got "false"$/],
  ["maxMemory a string", { maxMemory: "1 GiB" }, TypeError, /^maxMemory: expected a number of bytes, got "1 GiB"$/],
  ["maxMemory a bigint", { maxMemory: 1n }, TypeError, /^maxMemory: expected a number of bytes, got 1n$/],
  ["maxMemory null", { maxMemory: null }, TypeError, /^maxMemory: expected a number of bytes, got null$/],
  [
    "maxMemory NaN",
    { maxMemory: Number.NaN },
    RangeError,
    /^maxMemory: expected an integer from 0 to 4294967296, got NaN$/,
  ],
  ["maxMemory negative", { maxMemory: -1 }, RangeError, /^maxMemory: expected an integer .* got -1$/],
  ["maxMemory fractional", { maxMemory: 1.5 }, RangeError, /^maxMemory: expected an integer .* got 1\.5$/],
  ["maxMemory above 4 GiB", { maxMemory: 2 ** 32 + 1 }, RangeError, /^maxMemory: expected .* got 4294967297$/],
  ["maxMemory Infinity", { maxMemory: Number.POSITIVE_INFINITY }, RangeError, /^maxMemory: expected .* got Infinity$/],
];

const VERIFY: readonly Case[] = [
  ...OBJECTS,
  ["seeds", { seeds: 1 }, TypeError, /^unknown option "seeds": did you mean "seed"\?$/],
  ["axis", { axis: 1 }, TypeError, /^unknown option "axis": expected one of seed$/],
  ["seed a string", { seed: "1" }, TypeError, /^seed: expected an integer, got "1"$/],
  ["seed null", { seed: null }, TypeError, /^seed: expected an integer, got null$/],
  ["seed a bigint", { seed: 1n }, TypeError, /^seed: expected an integer, got 1n$/],
  ["seed fractional", { seed: 0.5 }, RangeError, /^seed: expected an integer, got 0\.5$/],
  ["seed NaN", { seed: Number.NaN }, RangeError, /^seed: expected an integer, got NaN$/],
];

/** Code that only loading shows to be wrong. */
const LOADED: readonly Case[] = [
  ["bytes that are no WebAssembly", { bytes: new Uint8Array(100) }, TypeError, /^bytes: .* that do not validate$/],
  ["bytes cut off", { bytes: bytes.subarray(0, 1000) }, TypeError, /^bytes: .* that do not validate$/],
  ["no bytes", { bytes: new ArrayBuffer(0) }, TypeError, /^bytes: .* that do not validate$/],
  ["bytes of another module", { bytes: empty }, TypeError, /^module: expected the kernels .* without export "memory"$/],
  [
    "another module",
    { module: new WebAssembly.Module(empty) },
    TypeError,
    /^module: expected the kernels of this version/,
  ],
  ["a module that imports", { module: new WebAssembly.Module(importing) }, TypeError, /^module: expected the kernels/],
  ["relaxed for deterministic", { bytes: moduleBytes("relaxed-simd"), deterministic: true }, TypeError, /: expected /],
];

function create(options: unknown): Softmax {
  return createSoftmax(options as CreateOptions);
}

describe("createSoftmax", () => {
  it.each(CREATE)("refuses %s", (_, options, kind, message) => {
    const error = thrownBy(() => create(options));
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toMatch(message);
  });

  it.each(LOADED)("refuses %s, in every call and never by falling back", async (_, options, kind, message) => {
    const library = create(options);
    const row = new Float32Array([1, 2, 3]);
    const acts = [() => library.softmax(row, { out: row }), () => library.backend(), () => library.verify()];
    for (const act of [...acts, ...acts]) {
      const error = thrownBy(act);
      expect(error).toBeInstanceOf(kind);
      expect(error.message).toMatch(message);
    }
    expect(row).toEqual(new Float32Array([1, 2, 3]));
    await expect(library.ready()).rejects.toThrow(message);
  });

  it("names the module where it is the relaxed one, and that is not allowed", () => {
    if (!TAKEN.includes("relaxed-simd")) return;
    const library = create({ bytes: moduleBytes("relaxed-simd"), deterministic: true });
    expect(() => library.backend()).toThrow(/^module: expected the baseline module .* got the relaxed one$/);
  });

  it("takes options that are undefined as absent, whatever the object", () => {
    const absent = {
      module: undefined,
      bytes: undefined,
      deterministic: undefined,
      fallback: undefined,
      maxMemory: undefined,
    };
    for (const options of [undefined, {}, absent, Object.assign(Object.create(null), absent), Object.freeze(absent)]) {
      expect(create(options).softmax([0, 0])).toEqual([0.5, 0.5]);
    }
  });

  it("takes fallback: false, and deterministic: true with the baseline module, where they can be met", () => {
    for (const options of [
      { fallback: false },
      { deterministic: true, bytes },
      { deterministic: true, module, fallback: true },
    ]) {
      expect(create(options).softmax([0, 0])).toEqual([0.5, 0.5]);
    }
  });

  it("takes a Module and bytes of another realm", () => {
    const foreign = runInNewContext("({ module: new WebAssembly.Module(bytes), bytes: new Uint8Array(bytes) })", {
      bytes,
    });
    const { module: foreignModule, bytes: foreignBytes } = foreign as { module: object; bytes: Uint8Array };
    for (const options of [{ module: foreignModule }, { bytes: foreignBytes }, { bytes: foreignBytes.buffer }]) {
      expect(create(options).backend().backend).toBe("simd");
    }
  });

  it("reads each option once", () => {
    const reads: string[] = [];
    const values = { bytes, module: undefined, deterministic: true, fallback: false, maxMemory: 2 ** 20 };
    create(
      new Proxy(values, {
        get(target, name) {
          reads.push(String(name));
          return Reflect.get(target, name);
        },
      }),
    );
    expect(reads.sort()).toEqual(Object.keys(values).sort());
  });

  it("does not see the bytes change after it has taken them", () => {
    const own = bytes.slice();
    const library = create({ bytes: own });
    own.fill(0);
    expect(library.softmax([0, 0])).toEqual([0.5, 0.5]);
  });
});

describe("verify", () => {
  it.each(VERIFY)("refuses %s", (_, options, kind, message) => {
    const error = thrownBy(() => verify(options as object));
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toMatch(message);
  });
});

describe("maxMemory", () => {
  const length = 100_000;
  const limit = 2 ** 18;
  const small = logs(6);

  it.each([
    ["a row of float32", () => new Float32Array(length), {}, 4],
    ["a row of float64", () => new Float64Array(length), {}, 8],
    ["a row with a mask", () => new Float32Array(length), { where: new Uint8Array(length) }, 5],
    ["the whole of a matrix", () => new Float64Array(length), { shape: [100, 1000], axis: null }, 8],
    ["plain numbers", () => new Array(length).fill(1), {}, 8],
    ["a tensor", () => ({ data: new Float32Array(length), dims: [1, length] }), {}, 4],
  ] as const)("refuses %s beyond it, naming bytes and limit, and works on", (_, make, options, width) => {
    const { softmax } = create({ maxMemory: limit });
    const x = make() as Float32Array;
    const out = make() as Float32Array;
    for (const given of [options, { ...options, out }, { ...options, out: x }]) {
      const error = expectIntact(softmax, () => softmax(x, given), [x, out]);
      expect(error).toBeInstanceOf(RangeError);
      expect(error.message).toMatch(new RegExp(`asked for ${length * width} bytes, .* limit is ${limit} bytes`));
    }
    expectValues(softmax(small, { shape: [2, 3] }), shares([0, 0, 0, 1, 1, 1]));
  });

  it("holds for the columns of a panel too", () => {
    const { softmax } = create({ maxMemory: limit });
    const x = new Float32Array(20_000 * 20);
    const error = expectIntact(softmax, () => softmax(x, { shape: [20_000, 20], axis: 0, out: x }), x);
    expect(error).toBeInstanceOf(RangeError);
    expect(error.message).toMatch(/asked for \d+ bytes, the limit is 262144 bytes/);
  });

  it.each([0, 1000, 65_536])("of %d bytes leaves no room for anything but empty arrays", (maxMemory) => {
    const { softmax } = create({ maxMemory });
    expect(thrownBy(() => softmax(new Float32Array(20_000)))).toBeInstanceOf(RangeError);
    expect(softmax(new Float32Array(0))).toEqual(new Float32Array(0));
  });
});
