import { deliver, deliverNumbers } from "../check.js";
import { checkProbabilities } from "./call.js";
import { engine } from "./engine.js";
import { probabilitiesPlain } from "./fallback.js";
import { probabilitiesInKernels } from "./kernels.js";
import type { ProbabilitiesFunction } from "./types.js";

/**
 * The distribution that {@link sample} draws from with the same options: softmax of the edited logits, with probability 0
 * for what a filter takes.
 *
 * In this order: `logitBias`, `repetitionPenalty`, `frequencyPenalty`, `presencePenalty`; `temperature` (or `beta`,
 * `base`); `topK`, by the logits; `topP`, by the probabilities of what topK kept; `minP`. Of equal ones the lower index
 * is kept first. Edited logits are rounded to the logits' dtype (float16 to float32).
 *
 * logits: float16, float32 or float64 in a typed array (of any `shape`, row-major), nested arrays or a tensor; they are not
 * changed, unless they are `out` too. The result has their kind, dtype and shape. A row with NaN or +Infinity, or of
 * -Infinity alone, is NaN; masked elements are 0.
 *
 * Accuracy: within 1.5e-6 (float64: 4e-15), relatively, for edited logits within ±10 after temperature; sums are float64.
 * At the edge of `topP` and `minP` rounding decides.
 *
 * @function
 * @throws TypeError for a wrong kind of argument, or a penalty without `history`; RangeError for a wrong value.
 * @example
 * logitsToProbs([Math.log(4), Math.log(3), Math.log(1)], { topK: 2 }); // [0.571428571428571…, 0.428571428571428…, 0]
 */
export const logitsToProbs: ProbabilitiesFunction = ((logits: unknown, options?: unknown): unknown => {
  const call = checkProbabilities(logits, options);
  const { request } = call;
  const memory = engine.memory();
  if (memory === undefined) return deliverNumbers(request, probabilitiesPlain(call));
  return deliver(request, probabilitiesInKernels(memory, call));
}) as ProbabilitiesFunction;
