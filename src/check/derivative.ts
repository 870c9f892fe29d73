// The arguments of softmax's derivatives.

import { checkCall, type Request } from "../check.js";
import type { Store } from "../store.js";
import { checkIndex, checkOptions, checkWord } from "./options.js";
import type { Signature } from "./signatures.js";

/** A checked call, and what x is. */
export interface Derivative {
  readonly request: Request;
  readonly from: "logits" | "probabilities";
}

export function checkDerivative(op: Signature, x: unknown, options: unknown, store: Store | undefined): Derivative {
  const given = checkOptions(options, op.options) as { from?: unknown };
  const from = checkWord(given.from, "from", ["logits", "probabilities"]);
  return { request: checkCall(op, x, undefined, options, store), from };
}

/** The output whose derivatives are asked for. */
export function checkComponent(component: unknown, { extent }: Request): number {
  return checkIndex(component, "component", extent.length);
}
