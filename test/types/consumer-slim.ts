// What a consumer of softmax-simd/slim writes, compiled by test/types/check.ts.

import { type Softmax as MainSoftmax, type SoftmaxFunction, softmax } from "softmax-simd";
import { createSoftmax, type ResidentArray, type SlimOptions, type Softmax } from "softmax-simd/slim";

declare const module: object;

const options: SlimOptions = { bytes: new Uint8Array(8), deterministic: true, fallback: false, maxMemory: 65536 };
const library: Softmax = createSoftmax({ module });

export const single: Float32Array = library.softmax(new Float32Array(2));
export const nested: number[][] = createSoftmax(options).logSoftmax([[1, 2]]);
export const handle: ResidentArray<"float32"> = library.allocate("float32", [2, 3]);
export const swappable: SoftmaxFunction[] = [softmax, library.softmax];
export const main: MainSoftmax = library;

// @ts-expect-error: no options
createSoftmax();
// @ts-expect-error: neither module nor bytes
createSoftmax({ deterministic: true });
// @ts-expect-error: bytes of the wrong kind
createSoftmax({ bytes: 8 });
// @ts-expect-error: an unknown option
createSoftmax({ module, threads: 4 });
