import { describe, expect, it } from "vitest";
import { detach, filled, type ResizableBuffer, resizable } from "./support/buffers.js";
import { counted, once, outcome, proxied, spied } from "./support/callbacks.js";
import { expectWorking, thrownBy, valuesOf } from "./support/misuse.js";
import { ALL, callOp, formShape, LIBRARIES, type Op, secondFor, taken, takesTwo, written } from "./support/ops.js";

const shape = [2, 3];
const OPTIONS = {
  shape,
  axis: -1,
  where: [1, 1, 1, 1, 1, 1] as unknown,
  temperature: undefined,
  beta: 1,
  base: undefined,
  keepDims: false,
  sorted: true,
  from: "logits",
  weights: { data: new Float32Array([1, 1, 1]), shape: [1, 3], dtype: "float32" } as unknown,
  weight: { data: new Float32Array([1, 1, 1]), shape: [3], dtype: "float32" } as unknown,
  sampleWeight: { data: new Float32Array([1, 1]), shape: [2], dtype: "float32" } as unknown,
  ignoreIndex: -100,
  labelSmoothing: 0,
  reduction: "none",
};

interface Arguments {
  readonly x: unknown;
  readonly second: unknown;
  readonly options: Record<string, unknown>;
}

/** A place where the caller's code runs within a call: arguments that run `act` there. */
type Site = readonly [name: string, make: (given: Arguments, act: () => void) => Arguments];

const PROPERTIES = ["data", "dataSync", "location", "shape", "dims", "stride", "strides", "offset", "type", "dtype"];

function tensor(data: unknown, sizes: readonly number[]): Record<string, unknown> {
  return { data, shape: sizes };
}

/** Arguments whose x, second and out are tensors. */
function asTensors(op: Op, { x, second, options }: Arguments): Arguments {
  const { out, shape: _, ...rest } = options;
  const sizes = op.name === "sigmoid" ? [6] : shape;
  const outShape = formShape(op.form, sizes.slice(0, -1), sizes.at(-1)!);
  const isArray = takesTwo(op);
  return {
    x: tensor(x, sizes),
    second: isArray ? tensor(second, op.second === "like x" ? sizes : [2]) : second,
    options: out === undefined ? rest : { ...rest, out: tensor(out, outShape) },
  };
}

function sitesOf(op: Op): Site[] {
  const tensors = ["weights", "weight", "sampleWeight"].filter((name) => op.options.includes(name));
  const isArray = takesTwo(op);
  return [
    ...op.options.map(
      (name): Site => [
        `option ${name}`,
        ({ x, second, options }, act) => ({ x, second, options: spied(options, name, act) }),
      ],
    ),
    ["options, a proxy", ({ x, second, options }, act) => ({ x, second, options: proxied(options, act) })],
    ...tensors.flatMap((name): Site[] => [
      [
        `a proxy as ${name}`,
        ({ x, second, options }, act) => ({
          x,
          second,
          options: { ...options, [name]: proxied(options[name] as object, act) },
        }),
      ],
      [
        `an element of ${name}`,
        ({ x, second, options }, act) => {
          const numbers = valuesOf(options[name]);
          return { x, second, options: { ...options, [name]: spied(numbers, numbers.length - 1, act) } };
        },
      ],
    ]),
    ...PROPERTIES.map(
      (name): Site => [
        `${op.names[0]}.${name}`,
        (given, act) => {
          const { x, second, options } = asTensors(op, given);
          return { x: spied(x as object, name, act), second, options };
        },
      ],
    ),
    ...(isArray ? PROPERTIES : []).map(
      (name): Site => [
        `${op.names[1]}.${name}`,
        (given, act) => {
          const { x, second, options } = asTensors(op, given);
          return { x, second: spied(second as object, name, act), options };
        },
      ],
    ),
    ...(op.second === "actions" || op.second === "targets" ? ["an element", "a proxy"] : []).map(
      (what): Site => [
        `${what} of ${op.names[1]}`,
        ({ x, options }, act) => ({
          x,
          second: what === "a proxy" ? proxied([0, 0], act) : spied([0, 0], 1, act),
          options,
        }),
      ],
    ),
    ...(op.options.includes("out") ? ["data", "shape", "offset"] : []).map(
      (name): Site => [
        `out.${name}`,
        (given, act) => {
          const { x, second, options } = asTensors(op, given);
          return { x, second, options: { ...options, out: spied(options["out"] as object, name, act) } };
        },
      ],
    ),
  ];
}

const LENGTH = (op: Op): number =>
  formShape(op.form, op.name === "sigmoid" ? [] : [2], op.name === "sigmoid" ? 6 : 3).reduce((a, b) => a * b, 1);

function argumentsOf(op: Op, x: Float32Array, second: unknown, out: Float32Array): Arguments {
  return { x, second, options: { ...taken(op, { ...OPTIONS, out }) } };
}

// All that may call back is the host's, one for both modules.
describe.each(LIBRARIES.filter(({ name }) => name !== "the baseline kernels"))("$name", ({ name, library }) => {
  const x = (): Float32Array => filled(new Float32Array(6));
  const out = (op: Op): Float32Array => new Float32Array(LENGTH(op)).fill(7);
  const run = (op: Op, given: Arguments): unknown => callOp(library, op, given.x, given.second, given.options);
  const numbers = (op: Op, result: unknown): number[] =>
    op.name === "logSumExpSigned" ? valuesOf((result as { value: unknown }).value) : valuesOf(written(op, result));
  const expectedOf = (op: Op): number[] => {
    const given = argumentsOf(op, x(), secondFor(op, x, 2), out(op));
    return numbers(op, run(op, given));
  };

  let size = 100;

  /** Uses the library in ways that leave nothing in it as it was, growth of its memory among them. */
  function reenter(): void {
    // Only kernels have memory that grows.
    if (name !== "reference" && name !== "the fallback") size += 40;
    const long = new Float32Array(size).fill(3);
    expect(valuesOf(library.logSumExp(long, { out: new Float32Array(1) }))[0]).toBeCloseTo(3 + Math.log(size), 4);
    expect(library.softmaxJacobian([0, 0])).toEqual([[0.25, -0.25], [-0.25, 0.25]]); // biome-ignore format: rows
    expect(library.crossEntropy(long, 7, { weight: long })).toBeCloseTo(Math.log(size), 4);
    expect(thrownBy(() => library.softmaxVjp(long, [1] as never))).toBeInstanceOf(TypeError);
  }

  describe.each(ALL)("$name", (op) => {
    it("is right wherever it is called again, and changes no argument", () => {
      const expected = expectedOf(op);
      for (const [name, make] of sitesOf(op)) {
        let calls = 0;
        const [given, second] = [x(), secondFor(op, x, 2)];
        const result = run(
          op,
          make(argumentsOf(op, given, second, out(op)), () => {
            if (calls++ === 0) reenter();
          }),
        );
        expect(numbers(op, result), name).toEqual(expected);
        expect(calls, name).toBeGreaterThan(0);
        expect([given, second]).toEqual([x(), secondFor(op, x, 2)]);
      }
    });

    it("passes on what the caller's code throws, and changes nothing", () => {
      for (const [name, make] of sitesOf(op)) {
        const mine = new Error("mine");
        const act = (): never => {
          throw mine;
        };
        const [given, second, into] = [x(), secondFor(op, x, 2), out(op)];
        expect(
          thrownBy(() => run(op, make(argumentsOf(op, given, second, into), act))),
          name,
        ).toBe(mine);
        expect([given, second, into]).toEqual([x(), secondFor(op, x, 2), out(op)]);
        expectWorking(library.softmax);
      }
    });

    it.each([
      ["detaches", (array: Float32Array) => detach(array)],
      ["shrinks", (array: Float32Array) => (array.buffer as ResizableBuffer).resize(4)],
    ])("is right or says what is wrong where the caller's code %s an array", (_, harm) => {
      const expected = expectedOf(op);
      const places = takesTwo(op) ? ["x", "out", "second"] : ["x", "out"];
      for (const [name, make] of sitesOf(op)) {
        for (const place of places) {
          // Arrays of a fixed length, and arrays that follow their buffers'.
          for (const fixed of [true, false]) {
            const make32 = (length: number): Float32Array => {
              const buffer = resizable();
              buffer.resize(4 * length);
              return fixed ? new Float32Array(buffer, 0, length) : new Float32Array(buffer);
            };
            const given = filled(make32(6));
            const into = make32(LENGTH(op)).fill(7);
            const second = op.second === "like x" ? filled(make32(6)) : classes(op, fixed);
            const target = (place === "x" ? given : place === "out" ? into : second) as Float32Array;
            const args = make(
              argumentsOf(op, given, second, into),
              once(() => harm(target)),
            );
            const [result, error] = outcome(() => run(op, args));
            if (error === undefined) {
              expect(numbers(op, result), `${name}, ${place}`).toEqual(expected);
              continue;
            }
            expect(error.message, `${name}, ${place}`).toMatch(
              /^(x|y|dy|dx|p|q|logits|targets|actions|out|shape)\b.*(expected|holds)/,
            );
            expect(error).toSatisfy((e) => e instanceof TypeError || e instanceof RangeError);
            expect(valuesOf(into).every((value) => value === 7)).toBe(true);
          }
        }
      }
      expectWorking(library.softmax);
    });

    it("reads each option and each property of a tensor once", () => {
      const given = argumentsOf(op, x(), secondFor(op, x, 2), out(op));
      const counts: Record<string, Record<string, number>> = {};
      const count = <T>(name: string, value: T): T => {
        counts[name] = {};
        return typeof value === "object" && value !== null ? (counted(value, counts[name]) as T) : value;
      };
      run(op, { ...given, options: count("options", given.options) });
      expect(counts["options"]).toMatchObject(Object.fromEntries(op.options.map((name) => [name, 1])));
      const tensors = asTensors(op, given);
      const options = Object.fromEntries(
        Object.entries(tensors.options).map(([name, value]) => [
          name,
          /^(out|weight|weights|sampleWeight)$/.test(name) ? count(name, value) : value,
        ]),
      );
      run(op, { x: count("x", tensors.x), second: count("second", tensors.second), options });
      for (const [name, reads] of Object.entries(counts)) {
        expect(Math.max(0, ...Object.values(reads)), name).toBeLessThanOrEqual(1);
      }
      expect(counts["x"]).toMatchObject({ data: 1, shape: 1, dims: 1 });
    });
  });
});

/** Two zeros as class indices over a buffer that can shrink; else what the op takes second. */
function classes(op: Op, fixed: boolean): unknown {
  if (!takesTwo(op)) return secondFor(op, () => undefined, 2);
  const buffer = resizable();
  buffer.resize(8);
  return fixed ? new Int32Array(buffer, 0, 2) : new Int32Array(buffer);
}
