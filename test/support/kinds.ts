// Objects of other libraries, and what kind of value something is.

import { valuesOf } from "./misuse.js";

const SHAPE: readonly number[] = [2, 3];

/** The first numbers as arrays of arrays. */
export function nest(values: readonly number[], sizes: readonly number[]): unknown[] {
  const [size = 0, ...rest] = sizes;
  const step = rest.reduce((a, b) => a * b, 1);
  return Array.from({ length: size }, (_, i) =>
    rest.length === 0 ? values[i] : nest(values.slice(i * step, (i + 1) * step), rest),
  );
}

/** As ONNX Runtime has it: everything behind getters of a class, and much beside. */
export class OnnxTensor {
  readonly #data: Float32Array;
  constructor(data: Float32Array) {
    this.#data = data;
  }
  get data(): Float32Array {
    return this.#data;
  }
  get dims(): readonly number[] {
    return SHAPE;
  }
  get type(): string {
    return "float32";
  }
  get location(): string {
    return "cpu";
  }
  get size(): number {
    return 6;
  }
  async getData(): Promise<Float32Array> {
    return this.#data;
  }
}

/** Everything about a value but its numbers. */
export function form(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return [value.constructor.name, valuesOf(value).length];
  if (Array.isArray(value)) return value.map((element) => (typeof element === "number" ? "number" : form(element)));
  const { data, ...rest } = value as { data: unknown };
  return { data: form(data), ...rest };
}
