// The surface over an instance: for each op, the kernels where they serve and the reference where they cannot.

import { describe } from "./check/arrays.js";
import { checkBoolean, checkOptions } from "./check/options.js";
import { Engine } from "./engine.js";
import { CEILING_BYTES } from "./memory.js";
import { modules } from "./modules.js";
import * as ops from "./ops/index.js";
import * as reference from "./reference.js";
import { Store } from "./store.js";
import type {
  AllocateFunction,
  Backend,
  CreateOptions,
  ResidentSoftmaxFunction,
  Softmax,
  SoftmaxOptions,
  Verification,
  VerifyOptions,
} from "./types.js";
import { runVerification } from "./verify.js";
import { checkCode } from "./wasm.js";

const CREATE_OPTIONS = ["module", "bytes", "deterministic", "fallback", "maxMemory"];

/**
 * The same surface over an instance, and a memory, of its own.
 *
 * @throws TypeError, RangeError for wrong options. The first call throws an Error where `fallback: false` or
 * `deterministic: true` stand and no kernel can serve.
 * @example
 * const exact = createSoftmax({ deterministic: true });
 * exact.softmax(new Float64Array([1, 2, 3]));
 */
export function createSoftmax(options?: CreateOptions): Softmax {
  const { module, bytes, deterministic, fallback, maxMemory }: CreateOptions = checkOptions(options, CREATE_OPTIONS);
  const baseline = checkBoolean(deterministic, "deterministic", false);
  const code = checkCode(module, bytes);
  const engine = new Engine({
    code,
    candidates: baseline ? modules.filter(({ backend }) => backend === "simd") : modules,
    deterministic: baseline,
    fallback: checkBoolean(fallback, "fallback", true) && !baseline,
    maxMemory: checkMemory(maxMemory),
  });
  const store = new Store(engine);
  const softmax = ((x: unknown, given?: SoftmaxOptions) => {
    const memory = engine.memory();
    return memory === undefined ? softmaxInJs(x, given, store) : ops.softmax(memory, x, given, store);
  }) as ResidentSoftmaxFunction;
  const allocate = ((dtype: unknown, shape: unknown) => store.allocate(dtype, shape)) as unknown as AllocateFunction;
  const backend = (): Backend => engine.backend();
  const verify = (given?: VerifyOptions): Verification => runVerification({ softmax }, engine.backend().backend, given);
  const ready = (): Promise<void> => engine.ready();
  return { softmax, allocate, verify, backend, ready };
}

/** The reference, with arrays that the store allocated. */
const softmaxInJs = reference.softmax as unknown as (x: unknown, options: unknown, store: Store) => unknown;

function checkMemory(bytes: unknown): number {
  if (bytes === undefined) return CEILING_BYTES;
  if (typeof bytes !== "number") throw new TypeError(`maxMemory: expected a number of bytes, got ${describe(bytes)}`);
  if (Number.isSafeInteger(bytes) && bytes >= 0 && bytes <= CEILING_BYTES) return bytes;
  throw new RangeError(`maxMemory: expected an integer from 0 to ${CEILING_BYTES}, got ${bytes}`);
}
