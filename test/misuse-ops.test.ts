import { describe, expect, it } from "vitest";
import { detach } from "./support/buffers.js";
import { hostile } from "./support/callbacks.js";
import { expectWorking, logs, thrownBy, valuesOf } from "./support/misuse.js";
import { ALL, callOp, LIBRARIES, opNamed, rowwise, secondFor, taken, written } from "./support/ops.js";

const shape = [2, 3];
const x = (): Float32Array => new Float32Array(logs(6));

describe.each(LIBRARIES)("$name", ({ library }) => {
  describe.each(ALL)("$name", (op) => {
    it("is not fooled by subclasses that override everything", () => {
      const asked: string[] = [];
      const Float32 = hostile(Float32Array, asked);
      const Int32 = hostile(Int32Array, asked);
      const BigInts = hostile(BigInt64Array as unknown as typeof Int32Array, asked);
      const weighted = (make: (values: number[]) => unknown) => ({
        weights: make([1, 2, 3]),
        weight: make([1, 2, 3]),
        sampleWeight: make([2, 1]),
      });
      const options = (make: (values: number[]) => unknown) => rowwise(op, taken(op, { shape, ...weighted(make) }));
      const plain = (values: number[]): Float32Array => new Float32Array(values);
      const lying = (values: number[]): Float32Array => new Float32(values);
      const isClasses = op.second === "actions" || op.second === "targets";
      const seconds: unknown[] = isClasses
        ? [new Int32([0, 0]), { data: new Int32([0, 0]), dims: [2] }, new BigInts([0n, 0n] as never)]
        : [op.second === "like x" ? new Float32(logs(6)) : secondFor(op, x, 2)];
      const expected = callOp(library, op, x(), secondFor(op, x, 2), options(plain));
      for (const second of seconds) {
        asked.length = 0;
        const result = callOp(library, op, new Float32(logs(6)), second, options(lying));
        expect(asked).toEqual([]);
        expect(result).toEqual(expected);
        if (!op.options.includes("out")) continue;
        const out = new Float32(valuesOf(written(op, expected)));
        asked.length = 0;
        callOp(library, op, new Float32(logs(6)), second, { ...options(lying), out });
        expect(asked).toEqual([]);
        expect(valuesOf(out)).toEqual(valuesOf(written(op, expected)));
      }
    });
  });

  it("targets and q that are gone are a TypeError", () => {
    for (const [op, gone] of [
      [opNamed("crossEntropy"), new Int32Array(2)],
      [opNamed("crossEntropy"), new BigInt64Array(2)],
      [opNamed("crossEntropy"), new Float32Array(6)],
      [opNamed("crossEntropyWithGrad"), { data: new Int32Array(2), dims: [2] }],
      [opNamed("logProb"), new Uint8Array(2)],
      [opNamed("softmaxVjp"), new Float32Array(6)],
      [opNamed("klDivergence"), { data: new Float32Array(6), shape }],
    ] as const) {
      detach("data" in gone ? gone.data : gone);
      const error = thrownBy(() => callOp(library, op, x(), gone, { shape }));
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toMatch(new RegExp(`^${op.names[1]}(\\.data)?: expected an array with live memory`));
    }
    const weight = new Float32Array(3);
    detach(weight);
    for (const act of [
      () => library.crossEntropy(x(), [0, 0], { shape, weight }),
      () => library.crossEntropy(x(), [0, 0], { shape, sampleWeight: weight }),
      () => library.logSumExp(x(), { shape, weights: weight }),
    ]) {
      expect(thrownBy(act).message).toMatch(/^(weight|sampleWeight|weights): expected an array with live memory/);
    }
    expectWorking(library.softmax);
  });
});
