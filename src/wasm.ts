// From bytes or a Module to typed exports. The only file that says `WebAssembly`, and the only one that knows the loader.

import { instantiate, instantiateSync } from "@assemblyscript/loader";
import { KERNELS, type Kernels } from "./abi.js";
import { describe } from "./check/arrays.js";
import type { BackendName } from "./types.js";

/** A module that the package brings along: bytes, or a Module where only those may run. */
export interface BuiltIn {
  readonly backend: "relaxed-simd" | "simd";
  readonly code: () => Code;
}

/** Bytes, or a compiled WebAssembly.Module. */
export type Code = object;

/** What serves: kernels, or a reason why none can. */
export type Loaded =
  | {
      readonly backend: "relaxed-simd" | "simd";
      readonly kernels: Kernels;
      /** Instantiates the same compiled module once more, with a memory of its own. */
      readonly another: () => Kernels;
      readonly reason: string;
    }
  | { readonly backend: "js"; readonly reason: string };

/** Why bytes that validate may still not be compiled: a content security policy, or an embedder's rule. */
function refused(error: unknown): Loaded {
  if (!(error instanceof Error) || error.name !== "CompileError") throw error;
  return { backend: "js", reason: `compiling WebAssembly is not permitted here: ${error.message}` };
}

/** The best built-in module that this engine takes. */
export function load(candidates: readonly BuiltIn[]): Loaded {
  const found = choose(candidates);
  if (found.backend === "js") return found;
  try {
    return served(found.backend, instantiated(found.code), found.reason);
  } catch (error) {
    return refused(error);
  }
}

/** The same off the critical path. */
export async function loadAsync(candidates: readonly BuiltIn[]): Promise<Loaded> {
  const found = choose(candidates);
  if (found.backend === "js") return found;
  try {
    return served(found.backend, await instantiate(found.code as WebAssembly.Module), found.reason);
  } catch (error) {
    return refused(error);
  }
}

/** A module or bytes that the caller brought; what is wrong with them is an error, never a reason to fall back. */
export function loadGiven(code: Code): Loaded {
  if (!hasWebAssembly()) return NO_WEBASSEMBLY;
  if (!isModule(code) && !WebAssembly.validate(code as BufferSource)) {
    throw new TypeError("bytes: expected a WebAssembly binary that this engine takes, got bytes that do not validate");
  }
  try {
    const module = isModule(code) ? (code as WebAssembly.Module) : new WebAssembly.Module(code as BufferSource);
    checkModule(module);
    const made = instantiated(module);
    const relaxed = kernelsOf(made).relaxed.value === 1;
    return served(relaxed ? "relaxed-simd" : "simd", made, "the caller gave the module");
  } catch (error) {
    return refused(error);
  }
}

/** Whether a value is a WebAssembly.Module, of any realm. */
export function isModule(value: unknown): boolean {
  return Object.prototype.toString.call(value) === "[object WebAssembly.Module]";
}

function hasWebAssembly(): boolean {
  return typeof WebAssembly === "object";
}

const NO_WEBASSEMBLY = { backend: "js", reason: "this engine has no WebAssembly" } as const;

type Choice =
  | { readonly backend: "relaxed-simd" | "simd"; readonly code: Code; readonly reason: string }
  | { readonly backend: "js"; readonly reason: string };

function choose(candidates: readonly BuiltIn[]): Choice {
  if (!hasWebAssembly()) return NO_WEBASSEMBLY;
  const passed: BackendName[] = [];
  for (const { backend, code: read } of candidates) {
    const code = read();
    if (isModule(code) || WebAssembly.validate(code as BufferSource)) {
      return { backend, code, reason: reasonFor(backend, passed) };
    }
    passed.push(backend);
  }
  return { backend: "js", reason: `this engine validates no module that the package has (${passed.join(", ")})` };
}

function reasonFor(backend: BackendName, passed: readonly BackendName[]): string {
  if (passed.length > 0) return `this engine does not validate ${passed.join(", ")}`;
  return backend === "simd" ? "deterministic results were asked for" : "this engine validates relaxed SIMD";
}

function instantiated(code: Code): WebAssembly.WebAssemblyInstantiatedSource {
  // The loader tells a Module by instanceof, which another realm's fails.
  if (isModule(code) && !(code instanceof WebAssembly.Module)) {
    const module = code as WebAssembly.Module;
    return { module, instance: new WebAssembly.Instance(module) };
  }
  return instantiateSync(code as WebAssembly.Module);
}

/** The instance's own exports: the loader's wrapped ones cost some nanoseconds a call. */
function kernelsOf({ instance }: WebAssembly.WebAssemblyInstantiatedSource): Kernels {
  return instance.exports as unknown as Kernels;
}

function served(
  backend: "relaxed-simd" | "simd",
  made: WebAssembly.WebAssemblyInstantiatedSource,
  reason: string,
): Loaded {
  return { backend, kernels: kernelsOf(made), another: () => kernelsOf(instantiated(made.module)), reason };
}

/** A TypeError for a module that is not of our kernels. */
function checkModule(module: WebAssembly.Module): void {
  const [foreign] = WebAssembly.Module.imports(module);
  if (foreign !== undefined) throw wrongModule(`that imports "${foreign.module}.${foreign.name}"`);
  const exported = new Set(WebAssembly.Module.exports(module).map(({ name }) => name));
  const missing = ["memory", "heapBase", "relaxed", ...Object.keys(KERNELS)].find((name) => !exported.has(name));
  if (missing !== undefined) throw wrongModule(`without export "${missing}"`);
}

function wrongModule(got: string): TypeError {
  return new TypeError(`module: expected the kernels of this version, got a module ${got}`);
}

/** Bytes or a Module, checked for kind; bytes as a copy of our own. */
export function checkCode(module: unknown, bytes: unknown): Code | undefined {
  if (module !== undefined && bytes !== undefined) {
    throw new TypeError("module, bytes: expected at most one of them, got both");
  }
  if (module !== undefined && !isModule(module)) {
    throw new TypeError(`module: expected a WebAssembly.Module, got ${describe(module)}`);
  }
  if (bytes !== undefined && !isBytes(bytes)) {
    throw new TypeError(`bytes: expected an ArrayBuffer or a view of one, got ${describe(bytes)}`);
  }
  return bytes === undefined ? (module as Code | undefined) : copyOf(bytes as ArrayBuffer | ArrayBufferView);
}

function copyOf(bytes: ArrayBuffer | ArrayBufferView): Uint8Array {
  if (!ArrayBuffer.isView(bytes)) return new Uint8Array(bytes).slice();
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength).slice();
}

function isBytes(value: unknown): boolean {
  return ArrayBuffer.isView(value) || Object.prototype.toString.call(value) === "[object ArrayBuffer]";
}
