import type { Case, Dtype } from "../cases.js";
import { type Batch, type Contender, FLOAT32_SUMS, type FloatArray, type Prepare, THREADS } from "../contender.js";
import { ops } from "../ops.js";
import { oneNodeModel } from "./model.js";
import { importRival, requireRival } from "./resolve.js";

interface Tensor {
  readonly data: FloatArray;
}

interface Session {
  run(feeds: { x: Tensor }, fetches?: { y: Tensor }): Promise<{ y: Tensor }>;
}

/** What is used of onnxruntime-common. */
interface OnnxRuntime {
  readonly Tensor: new (dtype: Dtype, data: FloatArray, shape: readonly number[]) => Tensor;
  readonly InferenceSession: { create(model: Uint8Array, options: object): Promise<Session> };
  readonly env: { wasm: { numThreads: number } };
}

interface Runtime {
  readonly ort: OnnxRuntime;
  readonly session: Session;
}

/** onnxruntime-node: native code. */
function native(threads: number): Contender {
  return {
    ...named("ORT native", threads),
    async load(given, mode) {
      const ort = await requireRival<OnnxRuntime>("onnxruntime-node");
      const options = { intraOpNumThreads: threads, interOpNumThreads: 1 };
      const session = await ort.InferenceSession.create(modelOf(given), options);
      return mode === "resident" ? intoPreallocated({ ort, session }) : intoGiven({ ort, session });
    },
  };
}

/** onnxruntime-web in WebAssembly, SIMD. */
function web(threads: number): Contender {
  return {
    ...named("ORT web", threads),
    async load(given, mode) {
      const ort = await importRival<OnnxRuntime>("onnxruntime-web");
      ort.env.wasm.numThreads = threads;
      const options = { executionProviders: ["wasm"] };
      const session = await ort.InferenceSession.create(modelOf(given), options);
      return mode === "resident" ? intoFresh({ ort, session }) : copied({ ort, session });
    },
  };
}

function named(name: string, threads: number): Omit<Contender, "load"> {
  return {
    name: threads === 1 ? name : `${name}, ${threads} threads`,
    tolerance: FLOAT32_SUMS,
    spins: threads > 1,
    takes: ({ op }) => ops[op].onnx !== undefined,
  };
}

export const [ortWeb, ortNative]: readonly [Contender, Contender] = [web(1), native(1)];
export const [ortWebThreads, ortNativeThreads]: readonly [Contender, Contender] = [web(THREADS), native(THREADS)];

function modelOf({ op, dtype, axis }: Case): Uint8Array {
  return oneNodeModel(ops[op].onnx!, dtype, axis);
}

/** A tensor over the caller's array goes in, one over the caller's `out` is filled. */
function intoGiven({ ort, session }: Runtime): Prepare {
  return ({ given, shape, x, out }: Batch) => {
    const run = (): unknown => {
      const feeds = { x: new ort.Tensor(given.dtype, x, shape) };
      return session.run(feeds, { y: new ort.Tensor(given.dtype, out, shape) });
    };
    return { run, result: () => out };
  };
}

function intoPreallocated({ ort, session }: Runtime): Prepare {
  return ({ given, shape, x, out }: Batch) => {
    const feeds = { x: new ort.Tensor(given.dtype, x, shape) };
    const fetches = { y: new ort.Tensor(given.dtype, out, shape) };
    return { run: () => session.run(feeds, fetches), result: () => out };
  };
}

/** In WebAssembly an output tensor of the caller's is not filled: each run gives a fresh one. */
function intoFresh({ ort, session }: Runtime): Prepare {
  return ({ given, shape, x }: Batch) => {
    const feeds = { x: new ort.Tensor(given.dtype, x, shape) };
    let last: Promise<{ y: Tensor }>;
    const run = (): unknown => {
      last = session.run(feeds);
      return last;
    };
    return { run, result: async () => (await last).y.data };
  };
}

function copied({ ort, session }: Runtime): Prepare {
  return ({ given, shape, x, out }: Batch) => {
    const run = async (): Promise<void> => {
      const { y } = await session.run({ x: new ort.Tensor(given.dtype, x, shape) });
      out.set(y.data);
    };
    return { run, result: () => out };
  };
}
