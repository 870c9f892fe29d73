// What serves sampling, chosen: the kernels or the fallback.

import { afterEach, beforeEach, describe, vi } from "vitest";
import { engine } from "../../src/sampling/engine.js";

/** The same suite with the kernels, and where none can serve. */
export function describeBoth(name: string, suite: () => void): void {
  describe(`${name}, by the kernels`, suite);
  describe(`${name}, by the fallback`, () => {
    beforeEach(withoutKernels);
    afterEach(() => void vi.restoreAllMocks());
    suite();
  });
}

export function withoutKernels(): void {
  vi.spyOn(engine, "memory").mockReturnValue(undefined);
  vi.spyOn(engine, "separate").mockReturnValue(undefined);
}
