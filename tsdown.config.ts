import { fileURLToPath } from "node:url";
import { defineConfig, type UserConfig } from "tsdown";

/**
 * Leaves out what the loader does for modules with imports, and for strings, arrays and classes of AssemblyScript's
 * runtime, of which ours have none: the kernels are called as the instance exports them.
 */
const lighterLoader = {
  name: "lighter-loader",
  transform(code: string, id: string): string | undefined {
    if (!/@assemblyscript[\\/]loader[\\/]/.test(id)) return undefined;
    const short = [
      ["preInstantiate", "function preInstantiate() {\n  return {};\n}"],
      ["postInstantiate", "function postInstantiate(_, { exports }) {\n  return exports;\n}"],
    ] as const;
    const lazy = replaceOnce(code, /new TextDecoder/, "/* @__PURE__ */ new TextDecoder");
    return short.reduce(
      (text, [name, body]) => replaceOnce(text, new RegExp(`^function ${name}\\([\\s\\S]*?^}$`, "m"), body),
      replaceOnce(lazy, /^Object\.hasOwn = [\s\S]*?^\};$/m, ""),
    );
  },
};

function replaceOnce(text: string, pattern: RegExp, by: string): string {
  if (!pattern.test(text)) throw new Error(`the loader has no ${pattern}: see lighterLoader in tsdown.config.ts`);
  return text.replace(pattern, by);
}

/** One self-contained bundle an entry: nothing to install beside it, no import map in a browser. */
const bundle: UserConfig = {
  format: "esm",
  target: "es2022",
  platform: "neutral",
  outDir: "dist",
  minify: true,
  banner: { js: "/*! softmax-simd, MIT. The parts by others, minified here: see THIRD_PARTY_LICENSES.md */" },
  deps: { alwaysBundle: [/.*/], neverBundle: [/\.wasm(\?module)?$/] },
  plugins: [lighterLoader],
  inputOptions: { resolve: { mainFields: ["module", "main"] } },
  dts: false,
  fixedExtension: false,
  hash: false,
  logLevel: "warn",
};

/** Where bytes may not be compiled, the modules are imported as files: an entry's bundle a condition of the exports. */
function importing(condition: "workerd" | "edge-light"): UserConfig[] {
  return Object.entries({ index: "", learn: "learn/", sampling: "sampling/" }).map(([entry, directory]) => ({
    ...bundle,
    entry: { [`${entry}.${condition}`]: `src/${entry}.ts` },
    alias: { "./modules.js": fileURLToPath(new URL(`src/${directory}modules.${condition}.ts`, import.meta.url)) },
  }));
}

const wasm = ["simd", "relaxed-simd", "learn.simd", "learn.relaxed-simd", "sampling.simd"].map(
  (name) => `build/${name}.wasm`,
);

/** Entries whose declarations are made at once: what they have in common is declared once, and a type of one is that of the others. */
const related = ["index", "slim", "learn", "sampling", "parallel"];

const types: UserConfig = {
  ...bundle,
  entry: Object.fromEntries([...related, "kernel-types"].map((name) => [name, `src/${name}.ts`])),
  dts: { oxc: true, emitDtsOnly: true },
};

export default defineConfig([
  ...related.map((name) => ({ ...bundle, entry: { [name]: `src/${name}.ts` } })),
  // By itself: it knows no arrays of `allocate`, and takes them for tensors.
  { ...bundle, entry: { reference: "src/reference.ts" }, dts: { oxc: true } },
  ...importing("workerd"),
  ...importing("edge-light"),
  { ...types, copy: wasm },
]);
