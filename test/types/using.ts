// A consumer's code where TypeScript is told of `using`, compiled against the packed package by check.ts and never run.

import { allocate, createSoftmax, type ResidentArray, softmax } from "softmax-simd";
import { Sampler } from "softmax-simd/sampling";

export function best(logits: Float32Array): number {
  using x = allocate("float32", [1, logits.length]);
  using y = createSoftmax().allocate("float64", 3);
  x.set(logits);
  softmax(x, { out: x });
  return Math.max(...x.data, ...y.data);
}

export function hold(array: ResidentArray): Disposable {
  return array;
}

export function draw(logits: Float32Array): number {
  using sampler = new Sampler(logits.length, { topK: 50 });
  return sampler.next(logits);
}
