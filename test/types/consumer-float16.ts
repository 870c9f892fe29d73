// A consumer's code with Float16Array, compiled against the packed package where TypeScript's libraries have it.

import { type SoftmaxOptions, softmax } from "softmax-simd";
import { softmax as reference } from "softmax-simd/reference";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function exactly<Expected>(): <Actual>(value: Actual, same: Same<Actual, Expected>) => void;

const f16 = new Float16Array(6);
const f32 = new Float32Array(6);

// Typed in, typed out; over memory of its own, so that it takes the place of what `new` gives.
exactly<typeof f16>()(softmax(f16), true);
exactly<typeof f16>()(reference(f16), true);
let probabilities = new Float16Array(6);
probabilities = softmax(f16, { shape: [2, 3], out: probabilities });
declare const lent: Float16Array;
softmax(f16, { out: lent });
const withOut: SoftmaxOptions<Float16Array> = { out: f16 };
softmax(lent, withOut);

// One function over any.
declare const any: Float16Array | Float32Array | Float64Array;
exactly<Float16Array<ArrayBuffer> | Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>>()(softmax(any), true);

// Tensors.
const tensor = softmax({ data: f16, dims: [2, 3], type: "float16" });
exactly<typeof f16>()(tensor.data, true);
exactly<number[]>()(tensor.dims, true);
declare const open: { readonly data: Float16Array | Float32Array; readonly shape: number[] };
exactly<typeof f16 | typeof f32>()(softmax(open).data, true);

// Mistakes that the types catch.
// @ts-expect-error: out of another dtype
softmax(f16, { out: f32 });
// @ts-expect-error: out of another dtype
softmax(f32, { out: f16 });
// @ts-expect-error: bits for an array
softmax(f16, { out: new Uint16Array(6) });
// @ts-expect-error: the result is no other kind
const wrong: Float32Array = softmax(f16);

export { probabilities, wrong };
