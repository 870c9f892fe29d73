import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { detach, resizable } from "./support/buffers.js";
import { Float16, fromBits, toBits } from "./support/float16.js";
import { IMPLEMENTATIONS } from "./support/implementations.js";
import { call, expectIntact, logs, shares } from "./support/misuse.js";

const shape = [2, 3];
const ROWS = shares([0, 0, 0, 1, 1, 1]);
const bits = (): Uint16Array<ArrayBuffer> => toBits(logs(6));
const dataOf = (tensor: unknown): Uint16Array => (tensor as { data: Uint16Array }).data;

/** Holds that bits are those of the rows' shares: logits rounded to float16 leave them 2^-10 apart at most. */
function expectRows(got: Uint16Array, expected: readonly number[] = ROWS): void {
  expect(got).toHaveLength(expected.length);
  const values = fromBits(got);
  expected.forEach((p, i) => {
    expect(Math.abs((values[i] as number) - p)).toBeLessThanOrEqual(p / 500);
  });
}

/** As ONNX Runtime has it: everything behind getters of a class. */
class OnnxTensor {
  readonly #data: unknown;
  constructor(data: unknown) {
    this.#data = data;
  }
  get data(): unknown {
    return this.#data;
  }
  get dims(): readonly number[] {
    return shape;
  }
  get type(): string {
    return "float16";
  }
  get location(): string {
    return "cpu";
  }
}

/** [what x is, x, everything of the result but its data] */
const TENSORS: readonly (readonly [name: string, make: () => object, rest: object])[] = [
  ["type", () => ({ data: bits(), dims: shape, type: "float16" }), { dims: shape, type: "float16" }],
  ["dtype", () => ({ data: bits(), shape, dtype: "float16" }), { shape, dtype: "float16" }],
  ["type and dtype", () => ({ data: bits(), shape, type: "float16", dtype: "float16" }), { shape, type: "float16" }],
  [
    "dtype, and a type of its own",
    () => ({ data: bits(), shape, type: "tensor", dtype: "float16" }),
    { shape, dtype: "float16" },
  ],
  ["ONNX Runtime", () => new OnnxTensor(bits()), { dims: shape, type: "float16" }],
  [
    "transformers.js, a proxy",
    () => new Proxy(new OnnxTensor(bits()), { get: (target, name) => Reflect.get(target, name, target) as unknown }),
    { dims: shape, type: "float16" },
  ],
  [
    "a window on longer data",
    () => ({ data: Uint16Array.of(1, 2, ...bits(), 3), shape, offset: 2, stride: [3, 1], dtype: "float16" }),
    { shape, dtype: "float16" },
  ],
  [
    "bits of another realm",
    () => runInNewContext("({ data: new Uint16Array(values), dims: [2, 3], type: 'float16' })", { values: bits() }),
    { dims: shape, type: "float16" },
  ],
  [
    "shared memory",
    () => {
      const data = new Uint16Array(new SharedArrayBuffer(12));
      data.set(bits());
      return { data, dims: shape, type: "float16" };
    },
    { dims: shape, type: "float16" },
  ],
];

describe.each(IMPLEMENTATIONS)("$name", ({ softmax }) => {
  it.each(TENSORS)("bits: %s", (_, make, rest) => {
    const { data, ...others } = call(softmax, make()) as { data: Uint16Array };
    expect(others).toEqual(rest);
    expect(Object.prototype.toString.call(data)).toBe("[object Uint16Array]");
    expect(data.buffer).toBeInstanceOf(ArrayBuffer);
    expectRows(data);
  });

  it.each(TENSORS)("bits: what comes back of %s can be passed on, as x and as out", (_, make) => {
    const first = call(softmax, make());
    const out = structuredClone(first);
    expect(call(softmax, first, { out })).toBe(out);
    expect(dataOf(out)).toEqual(dataOf(call(softmax, first)));
  });

  it("writes a window and nothing beside it", () => {
    const data = Uint16Array.of(1, 2, ...bits(), 3);
    const x = { data, shape, offset: 2, dtype: "float16" } as const;
    expect(softmax(x, { out: x })).toBe(x);
    expectRows(data.subarray(2, 8));
    expect([data[0], data[1], data[8]]).toEqual([1, 2, 3]);
  });

  it("takes bits into x's memory, into the mask's neighbourhood, and under another name of the shape", () => {
    const room = new Uint16Array(12);
    room.set(bits());
    const where = new Uint8Array(room.buffer, 12, 6).fill(1);
    const out = { data: new Uint16Array(room.buffer, 0, 6), shape, dtype: "float16" } as const;
    softmax({ data: room.subarray(0, 6), dims: shape, type: "float16" }, { out, where });
    expectRows(room.subarray(0, 6));
    expect(where).toEqual(new Uint8Array(6).fill(1));
  });

  it.each([[[0, 3]], [[3, 0]], [[0]]])("gives an empty result of shape %j", (sizes) => {
    for (const axis of [0, -1, null]) {
      const empty = { data: new Uint16Array(0), dims: sizes, type: "float16" } as const;
      expect(softmax(empty, { axis })).toEqual(empty);
    }
  });

  it("takes a scalar for a row of one", () => {
    expect(softmax({ data: toBits([7]), dims: [], type: "float16" })).toEqual({
      data: toBits([1]),
      dims: [],
      type: "float16",
    });
  });

  it("takes no notice of the dtype where data are float32 or float64", () => {
    for (const dtype of ["float32", "float64", "generic", 7, undefined, {}]) {
      expect(call(softmax, { data: new Float64Array(2), shape: [2], dtype, type: dtype })).toEqual({
        data: new Float64Array(2).fill(0.5),
        shape: [2],
      });
    }
  });

  it("says so where the bits' memory is gone", () => {
    const data = bits();
    detach(data);
    const error = expectIntact(softmax, () => call(softmax, { data, shape: [0], dtype: "float16" }), []);
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toMatch(/^x\.data: expected an array with live memory/);
  });

  if (Float16 === undefined) {
    it("is run without the kinds that need Float16Array, which this engine has not", () => {
      expect(globalThis).not.toHaveProperty("Float16Array");
    });
    return;
  }

  const Engine = Float16;
  const halves = (): Float32Array<ArrayBuffer> => new Engine(bits().buffer);
  const bitsIn = (array: unknown): Uint16Array => {
    expect(Object.prototype.toString.call(array)).toBe("[object Float16Array]");
    const { buffer, byteOffset, length } = array as Float32Array;
    return new Uint16Array(buffer, byteOffset, length);
  };

  it("Float16Array: fresh, whole memory", () => {
    const x = halves();
    const got = softmax(x, { shape });
    expectRows(bitsIn(got));
    expect(got.buffer.byteLength).toBe(12);
    expect(x).toEqual(halves());
  });

  it.each([
    ["shape", { shape }],
    ["dims", { dims: shape }],
    ["type", { dims: shape, type: "float16" }],
    ["a type of its own", { shape, type: "tensor", dtype: "generic" }],
  ])("Float16Array in a tensor with %s", (_, rest) => {
    const { data, ...others } = call(softmax, { data: halves(), ...rest }) as { data: unknown };
    expect(others).toEqual("dims" in rest ? { dims: shape } : { shape });
    expectRows(bitsIn(data));
  });

  it("Float16Array of another realm, of a subclass that lies, and in a window", () => {
    const foreign = runInNewContext("new Float16Array(values)", { values: halves() }) as Float32Array;
    expectRows(bitsIn(softmax(foreign, { shape })));
    class Lying extends (Engine as unknown as typeof Float32Array) {
      override get length(): number {
        return 1;
      }
      override subarray(): never {
        throw new Error("was asked");
      }
      static get [Symbol.species](): never {
        throw new Error("was asked");
      }
    }
    expectRows(bitsIn(softmax(new Lying(bits().buffer), { shape })));
    const data = new Engine([9, ...halves(), 9]);
    expectRows(
      bitsIn(call(softmax, { data, shape, offset: 1 }, { out: { data, shape, offset: 1 } }) && data.subarray(1, 7)),
    );
    expect([data[0], data[7]]).toEqual([9, 9]);
  });

  it("Float16Array over memory that grows or shrinks while options are read", () => {
    for (const [bytes, length] of [
      [16, 8],
      [8, 4],
    ] as const) {
      const buffer = resizable();
      buffer.resize(12);
      const x = new Engine(buffer);
      const options = {
        get axis() {
          buffer.resize(bytes);
          return 0;
        },
      };
      expect(bitsIn(softmax(x, options))).toHaveLength(length);
    }
  });

  it("Float16Array that is empty, or whose memory is gone", () => {
    expect(bitsIn(softmax(new Engine(0)))).toHaveLength(0);
    const gone = halves();
    detach(gone);
    expect(() => softmax(gone)).toThrow(/^x: expected an array with live memory/);
    expect(() => softmax(halves(), { out: gone })).toThrow(/^out: expected an array with live memory/);
  });
});
