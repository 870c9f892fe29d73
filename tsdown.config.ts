import { defineConfig, type UserConfig } from "tsdown";

/** One self-contained bundle an entry: nothing to install beside it, no import map in a browser. */
const bundle: UserConfig = {
  format: "esm",
  target: "es2022",
  platform: "neutral",
  outDir: "dist",
  clean: false,
  minify: true,
  deps: { alwaysBundle: [/.*/], neverBundle: [/\.wasm$/] },
  inputOptions: { resolve: { mainFields: ["module", "main"] } },
  dts: { oxc: true },
  fixedExtension: false,
  hash: false,
  logLevel: "warn",
};

export default defineConfig([
  { ...bundle, entry: { index: "src/index.ts" }, copy: ["build/simd.wasm", "build/relaxed-simd.wasm"] },
  {
    ...bundle,
    entry: { "index.workerd": "src/index.ts" },
    dts: false,
    inputOptions: { resolve: { mainFields: ["module", "main"], conditionNames: ["workerd", "import", "default"] } },
  },
  { ...bundle, entry: { reference: "src/reference.ts" } },
]);
