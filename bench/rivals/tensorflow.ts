import type { Mode, OpName } from "../cases.js";
import { type Contender, FLOAT32_SUMS, isFloat32Rows, type Prepare, THREADS } from "../contender.js";
import { ops } from "../ops.js";
import { addressOf, inPage, requireRival } from "./resolve.js";

interface Tensor {
  dataSync(): Float32Array;
  dispose(): void;
}

/** What is used of @tensorflow/tfjs-core. */
interface TensorFlow {
  tensor2d(values: Float32Array, shape: readonly [number, number]): Tensor;
  softmax(x: Tensor): Tensor;
  logSoftmax(x: Tensor): Tensor;
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  env(): { getAsync(flag: string): Promise<unknown> };
}

type Compute = (x: Tensor) => Tensor;

interface WasmBackend {
  setThreadsCount(count: number): void;
  getThreadsCount(): number;
  setWasmPaths(prefix: string): void;
}

const WASM = "@tensorflow/tfjs-backend-wasm";

/** The WebAssembly backend of TensorFlow.js: XNNPACK, SIMD. Its logSoftmax is made of six kernels. */
export const tensorflow: Contender = {
  name: "tfjs wasm",
  tolerance: FLOAT32_SUMS,
  takes: (given) => isFloat32Rows(given) && ops[given.op].tensorflow !== undefined,
  load: ({ op }, mode) => load(op, mode, 1),
};

/** In Node it has no threads: it takes its module without them there, whatever it is told. */
export const tensorflowThreads: Contender = {
  ...tensorflow,
  name: `tfjs wasm, ${THREADS} threads`,
  spins: true,
  load: ({ op }, mode) => load(op, mode, THREADS),
};

async function load(op: OpName, mode: Mode, threads: number): Promise<Prepare> {
  const tf = await requireRival<TensorFlow>("@tensorflow/tfjs-core");
  const { setThreadsCount, getThreadsCount, setWasmPaths } = await requireRival<WasmBackend>(WASM);
  if (inPage) {
    setWasmPaths(`${addressOf(WASM)}dist/`);
    // Its module starts at most half as many threads as there are said to be processors.
    Object.defineProperty(navigator, "hardwareConcurrency", { value: 2 * threads });
  }
  setThreadsCount(threads);
  if (!(await tf.setBackend("wasm"))) throw new Error("tfjs has no wasm backend here");
  await tf.ready();
  if (!(await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT"))) throw new Error("tfjs runs without SIMD here");
  if (getThreadsCount() !== threads) throw new Error(`tfjs has ${getThreadsCount()} threads here, not ${threads}`);
  const compute = tf[ops[op].tensorflow!];
  return mode === "resident" ? resident(tf, compute) : arrayToArray(tf, compute);
}

function arrayToArray(tf: TensorFlow, compute: Compute): Prepare {
  return ({ x, out, shape }) => {
    const run = (): void => {
      const input = tf.tensor2d(x as Float32Array, shape);
      const output = compute(input);
      out.set(output.dataSync());
      input.dispose();
      output.dispose();
    };
    return { run, result: () => out };
  };
}

function resident(tf: TensorFlow, compute: Compute): Prepare {
  return ({ x, shape }) => {
    const input = tf.tensor2d(x as Float32Array, shape);
    // The values move to the backend with the first use.
    compute(input).dispose();
    const result = (): Float32Array => {
      const output = compute(input);
      const values = output.dataSync();
      output.dispose();
      return values;
    };
    return { run: () => compute(input).dispose(), result };
  };
}
