// The instance that the package's own functions share. Nothing is compiled before the first call.

import { createSoftmax } from "./surface.js";
import type { Softmax } from "./types.js";

const shared: Softmax = /* @__PURE__ */ createSoftmax();

/** {@inheritDoc Softmax.softmax} */
export const softmax: Softmax["softmax"] = shared.softmax;
/** {@inheritDoc Softmax.verify} */
export const verify: Softmax["verify"] = shared.verify;
/** {@inheritDoc Softmax.backend} */
export const backend: Softmax["backend"] = shared.backend;
/** {@inheritDoc Softmax.ready} */
export const ready: Softmax["ready"] = shared.ready;
