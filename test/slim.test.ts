import { describe, expect, it } from "vitest";
import * as main from "../src/index.js";
import * as slim from "../src/slim.js";
import { moduleBytes, TAKEN } from "./support/modules.js";

const ROW = new Float32Array([1, 2, 3]);

describe("softmax-simd/slim", () => {
  it.each(TAKEN)("serves all that the main entry does, over the bytes or the Module of %s", async (target) => {
    const bytes = moduleBytes(target);
    for (const given of [{ bytes }, { module: new WebAssembly.Module(bytes) }]) {
      const library = slim.createSoftmax(given);
      expect(Object.keys(library)).toEqual(Object.keys(main.createSoftmax()));
      expect(library.softmax(ROW)).toEqual(main.createSoftmax(given).softmax(ROW));
      expect(library.verify()).toMatchObject({ ok: true, backend: target });
      await library.ready();
      expect(library.backend()).toEqual({ backend: target, reason: "the caller gave the module" });
    }
  });

  it.each([[undefined], [{}], [{ deterministic: true }], [{ module: undefined, bytes: undefined }]])(
    "asks for a module or bytes, given %o",
    (options) => {
      expect(() => slim.createSoftmax(options as never)).toThrow(
        new TypeError("module, bytes: expected one of them, got none"),
      );
    },
  );

  it("has the main entry's other checks", () => {
    expect(() => slim.createSoftmax({ bytes: moduleBytes("simd"), modul: 1 } as never)).toThrow(
      /did you mean "module"/,
    );
    expect(() => slim.createSoftmax({ bytes: new Uint8Array(8) }).softmax(ROW)).toThrow(/bytes that do not validate/);
    expect(() => slim.createSoftmax({ bytes: 8 } as never)).toThrow(TypeError);
  });
});
