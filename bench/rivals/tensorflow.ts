import { type Contender, FLOAT32_SUMS, isFloat32Rows, type Prepare } from "../contender.js";
import { requireRival } from "./resolve.js";

interface Tensor {
  dataSync(): Float32Array;
  dispose(): void;
}

/** What is used of @tensorflow/tfjs-core. */
interface TensorFlow {
  tensor2d(values: Float32Array, shape: readonly [number, number]): Tensor;
  softmax(x: Tensor): Tensor;
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  env(): { getAsync(flag: string): Promise<unknown> };
}

interface WasmBackend {
  setThreadsCount(count: number): void;
}

/** The WebAssembly backend of TensorFlow.js: XNNPACK, SIMD, one thread. */
export const tensorflow: Contender = {
  name: "tfjs wasm",
  tolerance: FLOAT32_SUMS,
  takes: isFloat32Rows,
  async load(_, mode) {
    const tf = await requireRival<TensorFlow>("@tensorflow/tfjs-core");
    const { setThreadsCount } = await requireRival<WasmBackend>("@tensorflow/tfjs-backend-wasm");
    setThreadsCount(1);
    if (!(await tf.setBackend("wasm"))) throw new Error("tfjs has no wasm backend here");
    await tf.ready();
    if (!(await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT"))) throw new Error("tfjs runs without SIMD here");
    return mode === "resident" ? resident(tf) : arrayToArray(tf);
  },
};

function arrayToArray(tf: TensorFlow): Prepare {
  return ({ x, out, shape }) => {
    const run = (): void => {
      const input = tf.tensor2d(x as Float32Array, shape);
      const output = tf.softmax(input);
      out.set(output.dataSync());
      input.dispose();
      output.dispose();
    };
    return { run, result: () => out };
  };
}

function resident(tf: TensorFlow): Prepare {
  return ({ x, shape }) => {
    const input = tf.tensor2d(x as Float32Array, shape);
    // The values move to the backend with the first use.
    tf.softmax(input).dispose();
    const result = (): Float32Array => {
      const output = tf.softmax(input);
      const values = output.dataSync();
      output.dispose();
      return values;
    };
    return { run: () => tf.softmax(input).dispose(), result };
  };
}
