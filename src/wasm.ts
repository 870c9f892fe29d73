// From bytes or a Module to typed exports. The only file that says `WebAssembly`, and the only one that knows the loader.

import { instantiateSync } from "@assemblyscript/loader";
import { KERNELS, type Kernels } from "./abi.js";
import { describe } from "./check/arrays.js";
import type { BackendName } from "./types.js";

/** A module that the package brings along: bytes, or a Module where only those may run. */
export interface BuiltIn {
  readonly backend: "relaxed-simd" | "simd";
  readonly code: () => Code;
  /** Why it is taken, where that is not for what the engine validates. */
  readonly reason?: string;
}

/** Bytes, or a compiled WebAssembly.Module. */
export type Code = object;

/** Where the code comes from: the caller, or else what the package brings, best first. */
export interface Source {
  readonly code: Code | undefined;
  readonly candidates: readonly BuiltIn[];
  /** What an instance imports; default nothing. */
  readonly imports?: () => Imports;
}

/** What modules built for shared memory import. */
type Imports = { readonly env: { readonly memory: WebAssembly.Memory } };

/** What serves: kernels, or a reason why none can. */
export type Loaded = Served | Unserved;

interface Served {
  readonly backend: "relaxed-simd" | "simd";
  readonly kernels: Kernels;
  /** The compiled module. */
  readonly module: object;
  /** Instantiates the same compiled module once more, with a memory of its own. */
  readonly another: () => Kernels;
  readonly reason: string;
}

interface Unserved {
  readonly backend: "js";
  readonly reason: string;
  /** Whether `loadAsync` may succeed all the same. */
  readonly later?: boolean;
}

/** Code that this engine takes, and why it is this. */
interface Found {
  readonly code: Code;
  readonly reason: string;
}

/** Compiled and instantiated at once. */
export function load(source: Source): Loaded {
  const found = find(source);
  if (!isFound(found)) return found;
  try {
    const { code } = found;
    const module = isModule(code) ? (code as WebAssembly.Module) : new WebAssembly.Module(code as BufferSource);
    if (source.code !== undefined) checkModule(module);
    return served(found, module, () => instantiated(module, source));
  } catch (error) {
    return refused(error);
  }
}

/**
 * The same, compiled off the critical path. Not by the loader's `instantiate`: that asks whether it has a Response, for
 * which Node loads all of its fetch (33 to 46 ms in place of 5 to 7).
 */
export async function loadAsync(source: Source): Promise<Loaded> {
  const found = find(source);
  if (!isFound(found)) return found;
  try {
    const { code } = found;
    const module = isModule(code) ? (code as WebAssembly.Module) : await WebAssembly.compile(code as BufferSource);
    if (source.code !== undefined) checkModule(module);
    return served(found, module, await instancesOf(module, source));
  } catch (error) {
    return refused(error);
  }
}

/** What makes instances; where they must not be made at once, it has one for calls and one for arrays that stay. */
async function instancesOf(module: WebAssembly.Module, source: Source): Promise<() => WebAssembly.Instance> {
  try {
    const first = [instantiated(module, source)];
    return () => first.pop() ?? instantiated(module, source);
  } catch (error) {
    if (!isTooEarly(error)) throw error;
    const make = (): Promise<WebAssembly.Instance> => WebAssembly.instantiate(module, source.imports?.());
    const both = [await make(), await make()];
    return () => both.pop() ?? instantiated(module, source);
  }
}

/** Why bytes that validate may still not be compiled: a content security policy, an embedder's rule, or only not yet. */
function refused(error: unknown): Unserved {
  if (isTooEarly(error)) {
    const reason = `WebAssembly may not be compiled synchronously here, await ready() first: ${error.message}`;
    return { backend: "js", reason, later: true };
  }
  if (!(error instanceof Error) || error.name !== "CompileError") throw error;
  return { backend: "js", reason: `compiling WebAssembly is not permitted here: ${error.message}` };
}

/** V8's "WebAssembly.Compile is disallowed on the main thread, if the buffer size is larger than …", or Instance. */
function isTooEarly(error: unknown): error is RangeError {
  return error instanceof RangeError && /WebAssembly.*main thread/.test(error.message);
}

/** Whether a value is a WebAssembly.Module, of any realm. */
export function isModule(value: unknown): boolean {
  return Object.prototype.toString.call(value) === "[object WebAssembly.Module]";
}

/** A module whose one type has a v128 in it. */
const VECTOR: Uint8Array = /* @__PURE__ */ Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123);

/** Wrong bytes of the caller's are an error, never a reason to fall back; but no bytes are right where SIMD is missing. */
function find({ code, candidates }: Source): Found | Unserved {
  if (typeof WebAssembly !== "object") return { backend: "js", reason: "this engine has no WebAssembly" };
  if (code === undefined) return choose(candidates);
  if (isTaken(code)) return { code, reason: "the caller gave the module" };
  if (!isTaken(VECTOR)) return { backend: "js", reason: "this engine has no WebAssembly SIMD" };
  throw new TypeError("bytes: expected a WebAssembly binary that this engine takes, got bytes that do not validate");
}

function isFound(found: Found | Unserved): found is Found {
  return "code" in found;
}

function choose(candidates: readonly BuiltIn[]): Found | Unserved {
  const passed: BackendName[] = [];
  for (const { backend, code: read, reason } of candidates) {
    const code = read();
    if (isTaken(code)) return { code, reason: reason ?? reasonFor(backend, passed) };
    passed.push(backend);
  }
  return { backend: "js", reason: `this engine validates no module that the package has (${passed.join(", ")})` };
}

function isTaken(code: Code): boolean {
  return isModule(code) || WebAssembly.validate(code as BufferSource);
}

function reasonFor(backend: BackendName, passed: readonly BackendName[]): string {
  if (passed.length > 0) return `this engine does not validate ${passed.join(", ")}`;
  return backend === "simd" ? "deterministic results were asked for" : "this engine validates relaxed SIMD";
}

function instantiated(module: WebAssembly.Module, { imports }: Source): WebAssembly.Instance {
  // The loader tells a Module by instanceof, which another realm's fails.
  if (!(module instanceof WebAssembly.Module)) return new WebAssembly.Instance(module, imports?.());
  return instantiateSync(module, imports?.()).instance;
}

/**
 * What an instance of a module for shared memory imports: a memory of its own, which threads may share. Engines let it be
 * made where pages may not share it too.
 */
export function sharedMemory(): Imports {
  return memoryImport(true);
}

/** What an instance of its twin for memory of its own imports. */
export function ownMemory(): Imports {
  return memoryImport(false);
}

function memoryImport(shared: boolean): Imports {
  return {
    env: {
      // Read by modules that import it alone.
      get memory() {
        return new WebAssembly.Memory({ initial: 17, maximum: 65_536, shared });
      },
    },
  };
}

/** The instances' own exports: the loader's wrapped ones cost some nanoseconds a call. */
function served({ reason }: Found, module: object, make: () => WebAssembly.Instance): Served {
  const another = (): Kernels => make().exports as unknown as Kernels;
  const kernels = another();
  return { backend: kernels.relaxed.value === 1 ? "relaxed-simd" : "simd", kernels, module, another, reason };
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
