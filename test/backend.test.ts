import { afterEach, describe, expect, it, vi } from "vitest";
import { backend, createSoftmax, ready, softmax, verify } from "../src/index.js";
import { modules } from "../src/modules.js";
import type { CreateOptions, Softmax } from "../src/types.js";
import { runVerification } from "../src/verify.js";
import { moduleBytes, TAKEN } from "./support/modules.js";
import { ALL } from "./support/ops.js";

/** An instance made where nothing is disallowed. */
function createSoftmaxElsewhere(options: CreateOptions): Softmax {
  vi.unstubAllGlobals();
  return createSoftmax(options);
}

const RELAXED = TAKEN.includes("relaxed-simd");
const ROW = new Float32Array([1, 2, 3]);

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe("the modules inlined", () => {
  it.each(modules)("are those compiled: $backend", ({ backend: target, code }) => {
    expect(code()).toEqual(moduleBytes(target));
  });
});

describe("the choice of the backend", () => {
  it("is the relaxed module where the engine validates it, else the baseline module", () => {
    expect(backend().backend).toBe(RELAXED ? "relaxed-simd" : "simd");
    expect(backend().reason).toMatch(RELAXED ? /validates relaxed SIMD/ : /does not validate relaxed-simd/);
  });

  it("is the baseline module for deterministic: true, on every engine", () => {
    expect(createSoftmax({ deterministic: true }).backend()).toEqual({
      backend: "simd",
      reason: "deterministic results were asked for",
    });
  });

  it.each(TAKEN)("is %s where the caller gives its bytes or its Module", (target) => {
    const bytes = moduleBytes(target);
    for (const given of [{ bytes }, { bytes: bytes.buffer }, { module: new WebAssembly.Module(bytes) }]) {
      const library = createSoftmax(given);
      expect(library.backend()).toEqual({ backend: target, reason: "the caller gave the module" });
      expect(library.softmax(ROW)).toEqual(softmax(ROW));
    }
  });

  it("falls back to JavaScript without WebAssembly, and says so", () => {
    vi.stubGlobal("WebAssembly", undefined);
    const library = createSoftmax();
    expect(library.backend()).toEqual({ backend: "js", reason: "this engine has no WebAssembly" });
    expect(library.softmax([1, 1])).toEqual([0.5, 0.5]);
    expect(library.verify()).toMatchObject({ ok: true, backend: "js" });
  });

  it("falls back where no module validates", () => {
    vi.spyOn(WebAssembly, "validate").mockReturnValue(false);
    const library = createSoftmax();
    expect(library.backend().backend).toBe("js");
    expect(library.backend().reason).toMatch(/validates no module.*relaxed-simd, simd/);
    expect(library.softmax([0, 0])).toEqual([0.5, 0.5]);
  });

  it("falls back without SIMD, whatever bytes the caller gives", () => {
    vi.spyOn(WebAssembly, "validate").mockReturnValue(false);
    const library = createSoftmax({ bytes: moduleBytes("simd") });
    expect(library.backend()).toEqual({ backend: "js", reason: "this engine has no WebAssembly SIMD" });
    expect(library.softmax([0, 0])).toEqual([0.5, 0.5]);
  });

  it("falls back where the embedder refuses to compile", async () => {
    function refusal(): never {
      throw new WebAssembly.CompileError("Wasm code generation disallowed by embedder");
    }
    vi.spyOn(WebAssembly, "Module").mockImplementation(refusal);
    const library = createSoftmax();
    expect(library.backend()).toEqual({
      backend: "js",
      reason: "compiling WebAssembly is not permitted here: Wasm code generation disallowed by embedder",
    });
    expect(library.softmax([0, 0])).toEqual([0.5, 0.5]);
    vi.spyOn(WebAssembly, "compile").mockImplementation(async () => refusal());
    const awaited = createSoftmax();
    await awaited.ready();
    expect(awaited.backend().backend).toBe("js");
  });

  it.each([{ fallback: false }, { deterministic: true }])("throws instead of falling back with %o", async (options) => {
    vi.stubGlobal("WebAssembly", undefined);
    const library = createSoftmax(options);
    expect(() => library.softmax(ROW)).toThrow(/falling back is not allowed: this engine has no WebAssembly/);
    expect(() => library.backend()).toThrow(/falling back is not allowed/);
    await expect(library.ready()).rejects.toThrow(/falling back is not allowed/);
  });

  it("does not take any other failure for a reason to fall back", () => {
    vi.spyOn(WebAssembly, "Module").mockImplementation(function refuse(): never {
      throw new RangeError("out of memory");
    });
    expect(() => createSoftmax().softmax(ROW)).toThrow("out of memory");
  });

  it("compiles nothing when created, only when first called", () => {
    const compile = vi.spyOn(WebAssembly, "Module");
    const library = createSoftmax();
    expect(compile).not.toHaveBeenCalled();
    library.softmax(ROW);
    library.softmax(ROW);
    expect(compile).toHaveBeenCalledTimes(1);
  });
});

describe("ready", () => {
  it("compiles ahead, and calls then compile nothing", async () => {
    const library = createSoftmax();
    await library.ready();
    await library.ready();
    const compile = vi.spyOn(WebAssembly, "Module");
    expect(library.softmax(ROW)).toEqual(softmax(ROW));
    expect(compile).not.toHaveBeenCalled();
  });

  it("leaves a call's instance in place that came while it compiled", async () => {
    const library = createSoftmax({ deterministic: true });
    const compiling = library.ready();
    const early = library.softmax(ROW);
    await compiling;
    expect(library.softmax(ROW)).toEqual(early);
    await expect(ready()).resolves.toBeUndefined();
  });

  it("serves a module of the caller's too, compiled off the critical path", async () => {
    const compile = vi.spyOn(WebAssembly, "Module");
    const library = createSoftmax({ bytes: moduleBytes("simd") });
    await library.ready();
    expect(compile).not.toHaveBeenCalled();
    expect(library.backend().backend).toBe("simd");
  });
});

describe("a thread that may not compile synchronously", () => {
  /** A class that cannot be made an instance of; the error is V8's on the main threads of pages. */
  function disallowed(real: object, what: string): object {
    const construct = (): never => {
      throw new RangeError(
        `WebAssembly.${what} is disallowed on the main thread, if the buffer size is larger than 4KB. Use WebAssembly.compile, or compile on a worker thread.`,
      );
    };
    return new Proxy(real, { construct });
  }

  function disallow(): void {
    const replaced: Record<PropertyKey, object> = {
      Module: disallowed(WebAssembly.Module, "Compile"),
      Instance: disallowed(WebAssembly.Instance, "Instance"),
    };
    const get = (real: typeof WebAssembly, name: PropertyKey): unknown => replaced[name] ?? Reflect.get(real, name);
    vi.stubGlobal("WebAssembly", new Proxy(WebAssembly, { get }));
  }

  it("is served by JavaScript, and told to await ready()", () => {
    disallow();
    const library = createSoftmax();
    expect(library.backend().backend).toBe("js");
    expect(library.backend().reason).toMatch(/synchronously here, await ready\(\) first: .*main thread/);
    expect(library.softmax([0, 0])).toEqual([0.5, 0.5]);
  });

  it.each([
    ["no option", {}],
    ["bytes", { bytes: moduleBytes("simd") }],
    ["deterministic: true", { deterministic: true }],
  ])("is served by the kernels after ready(), with %s", async (_, options: CreateOptions) => {
    disallow();
    const library = createSoftmax(options);
    await library.ready();
    expect(library.backend().backend).toBe(RELAXED && !Object.keys(options).length ? "relaxed-simd" : "simd");
    const array = library.allocate("float32", [3]);
    array.set(ROW);
    expect(library.softmax(array)).toEqual(createSoftmaxElsewhere(options).softmax(ROW));
    array.free();
  });

  it("keeps what was allocated before, and lets the kernels take over", async () => {
    disallow();
    const library = createSoftmax();
    const early = library.allocate("float32", [3]);
    early.set(ROW);
    const before = library.softmax(early);
    await library.ready();
    expect(library.backend().backend).not.toBe("js");
    const after = library.softmax(early, { out: early });
    expect(after).toBe(early);
    early.data.forEach((p, i) => {
      expect(p).toBeCloseTo(before[i] as number, 6);
    });
    early.free();
    expect(library.allocate("float32", [3]).data).toEqual(new Float32Array(3));
  });

  it.each([{ fallback: false }, { deterministic: true }])(
    "throws before ready() with %o, and not after",
    async (options) => {
      disallow();
      const library = createSoftmax(options);
      expect(() => library.softmax(ROW)).toThrow(/falling back is not allowed: .*await ready\(\) first/);
      await library.ready();
      expect(library.softmax(ROW)).toEqual(createSoftmaxElsewhere(options).softmax(ROW));
    },
  );
});

describe("verify", () => {
  it("finds every op and dtype well within its bound, for any seed", () => {
    const expected = ["float16", "float32", "float64"].map((name) => `softmax ${name}`);
    for (const { name } of ALL) expected.push(`${name} float32`, `${name} float64`);
    for (const seed of [1, 2, -5, 45, 123456789]) {
      const { ok, backend: name, ops } = verify({ seed });
      expect(ops.flatMap(({ failures }) => failures)).toEqual([]);
      expect(ok).toBe(true);
      expect(name).toBe(backend().backend);
      expect(ops.map(({ op, dtype }) => `${op} ${dtype}`).sort()).toEqual(expected.sort());
      for (const { op, maxUlp, cases } of ops) {
        expect(maxUlp).toBeLessThanOrEqual(op === "softmax" ? 5 : 8);
        expect(cases).toBeGreaterThan(op === "softmax" ? 50 : 7);
      }
      expect(ops.filter(({ maxUlp }) => maxUlp > 0).length).toBeGreaterThan(20);
    }
  });

  it("finds results that are missing, and results of another op", () => {
    const library = createSoftmax();
    const without =
      (op: (...args: never[]) => unknown, keep: number) =>
      (...args: never[]): unknown => {
        const cut = (part: unknown): unknown => {
          if (ArrayBuffer.isView(part)) return (part as Uint16Array).subarray(0, keep);
          if (typeof part !== "object") return typeof part === "number" ? NaN : part;
          return Object.fromEntries(Object.entries(part as object).map(([name, value]) => [name, cut(value)]));
        };
        return cut(op(...args));
      };
    for (const keep of [0, -1]) {
      const names = ["softmax", ...ALL.map(({ name }) => name)] as const;
      const short = Object.fromEntries(names.map((name) => [name, without(library[name], keep)]));
      const { ok, ops } = runVerification(short as unknown as typeof library, library, "simd", undefined);
      expect(ok).toBe(false);
      for (const { op, failures } of ops) {
        expect(
          failures.some((text) => text.includes("Infinity ULP")),
          op,
        ).toBe(true);
      }
    }
    const swapped = { ...library, softmaxVjp: library.logSoftmaxVjp, entropy: library.logSumExp };
    const { ops } = runVerification(swapped, library, "simd", undefined);
    const wrong = new Set(ops.filter(({ failures }) => failures.length > 0).map(({ op }) => op));
    expect([...wrong]).toEqual(["softmaxVjp", "entropy"]);
  });

  it.each(TAKEN)("finds each wrong constant in the %s module", (target) => {
    const bytes = moduleBytes(target);
    for (const [name, constant] of Object.entries(CONSTANTS)) {
      const wrong = bytes.slice();
      const places = occurrences(bytes, little(constant.bits, constant.width));
      expect(places.length, name).toBeGreaterThan(0);
      for (const at of places) wrong.set(little(constant.wrong, constant.width), at);
      const { ok, ops } = createSoftmax({ bytes: wrong }).verify();
      expect(ok, name).toBe(false);
      expect(ops.some(({ failures }) => failures.length > 0)).toBe(true);
    }
  });
});

interface Constant {
  readonly bits: bigint;
  readonly wrong: bigint;
  readonly width: 4 | 6 | 8;
}

function float32(bits: number): Constant {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, bits);
  view.setFloat32(0, view.getFloat32(0) * 1.02);
  return { bits: BigInt(bits), wrong: BigInt(view.getUint32(0)), width: 4 };
}

function float64(bits: bigint, factor = 1.02): Constant {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, bits);
  view.setFloat64(0, view.getFloat64(0) * factor);
  return { bits, wrong: view.getBigUint64(0), width: 8 };
}

/** The upper six bytes of one. */
function float48(whole: bigint): Constant {
  const { bits, wrong } = float64(whole);
  return { bits: bits >> 16n, wrong: wrong >> 16n, width: 6 };
}

/** The numbers of assembly/exp.ts and log.ts, and what they are changed to: by a fiftieth, or where that cannot show, doubled. */
const CONSTANTS: Readonly<Record<string, Constant>> = {
  "float32 log2 e": float32(0x3fb8aa3b),
  "float32 ln 2, high": float32(0x3f317200),
  "float32 ln 2, low": float32(0x35bfbe8e),
  "float64 ln 2, high": float64(0x3fe62e42fefa3800n),
  "float64 ln 2, low": float64(0x3d2ef35793c76730n),
  "float32 c1": float32(0x3f7ffff5),
  "float32 c2": float32(0x3efffec9),
  "float32 c3": float32(0x3e2aaf6f),
  "float32 c4": float32(0x3d2ba4ca),
  "float32 c5": float32(0x3c071449),
  "float64 c2": float64(0x3fe000000000000an),
  "float64 c3": float64(0x3fc55555555554fan),
  "float64 c4": float64(0x3fa555555555087cn),
  "float64 c5": float64(0x3f81111111127be5n),
  "float64 c6": float64(0x3f56c16c1842a11dn),
  "float64 c7": float64(0x3f2a01a012a57b51n),
  "float64 c8": float64(0x3efa0199a0c677acn),
  "float64 c9": float64(0x3ec71df2552390c2n),
  "float64 c10": float64(0x3e928ad72cc30daan),
  "float64 c11": float64(0x3e5ad7f6f0799ee2n),
  "log2 e": float64(0x3ff71547652b82fen),
  "ln 2": float64(0x3fe62e42fefa39efn),
  "ln 2, the rest": float64(0x3c7abc9e3b39803fn, 2),
  // Its lowest bytes are 0, which a module need not store.
  "log: ln 2, high": float48(0x3fe62e42fee00000n),
  "log: ln 2, low": float64(0x3dea39ef35793c76n),
  "log: 1": float64(0x3fe5555555555593n),
  "log: 2": float64(0x3fd999999997fa04n),
  "log: 3": float64(0x3fd2492494229359n),
  "log: 4": float64(0x3fcc71c51d8e78afn),
  "log: 5": float64(0x3fc7466496cb03den),
  "log: 6": float64(0x3fc39a09d078c69fn),
  "log: 7": float64(0x3fc2f112df3e5244n),
};

function little(bits: bigint, width: number): number[] {
  return Array.from({ length: width }, (_, i) => Number((bits >> BigInt(8 * i)) & 0xffn));
}

function occurrences(bytes: Uint8Array, pattern: readonly number[]): number[] {
  return [...bytes.keys()].filter((at) => pattern.every((byte, k) => bytes[at + k] === byte));
}
