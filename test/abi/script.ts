// Calls of kernels as a WebAssembly script (.wast), which engines run without JavaScript. What a call has to leave in memory
// stands in the script, as the module left it in the JavaScript engine that wrote it.

import { type Kernels, SCRATCH_BYTES } from "../../src/abi.js";
import type { Shared } from "../../src/kernel-types.js";
import { layoutOf, type NumberType } from "../support/signatures.js";

/** What a result is made of; NaN counts as NaN, whatever its bits. */
export type Compared = "i32" | "f32" | "f64";

/** Memory of a call. */
export interface Area {
  readonly bytes: number;
  /** What stands in it, from its first byte on. */
  readonly data?: ArrayBufferView;
  /** Set where the call's result is. */
  readonly compared?: Compared;
}

export interface Call {
  readonly name: string;
  readonly kernel: string;
  readonly areas: Readonly<Record<string, Area>>;
  /** Numbers, and the names of areas, whose pointers are meant; "scratch" is there always. */
  readonly arguments: readonly (number | string)[];
}

export interface Script {
  readonly text: string;
  /** The call that a line of the script, from 1 on, belongs to. */
  readonly calls: ReadonlyMap<number, Call>;
  /** How many numbers are compared, and in how many assertions. */
  readonly numbers: number;
  readonly assertions: number;
}

type Kernel = (...parameters: number[]) => number | undefined;

/** What a call was given and what it left. */
export interface Performed {
  readonly at: Readonly<Record<string, number>>;
  readonly data: readonly Place[];
  readonly returned: number | undefined;
  /** The first byte that the call was not given. */
  readonly end: number;
}

const ALIGNMENT = 64;

/** The script of the calls; with `wrong`, one bit of the last result is not what the module gave. */
export function scriptOf(module: Uint8Array<ArrayBuffer>, calls: readonly Call[], wrong = false): Script {
  const { functions } = layoutOf(module);
  const compiled = new WebAssembly.Module(module);
  const lines = [`(module $kernels binary ${quoted(module)})`, '(register "kernels" $kernels)', comparing()];
  const byLine = new Map<number, Call>();
  let numbers = 0;
  calls.forEach((call, i) => {
    const signature = functions[call.kernel];
    if (signature === undefined) throw new Error(`the module has no ${call.kernel}`);
    const { at, data, returned, end } = perform(new WebAssembly.Instance(compiled).exports as unknown as Kernels, call);
    // A kernel that gives the number of a row has stopped, and has not written all.
    const stopped = returned !== undefined && returned >= 0;
    const results = data.filter(({ compared }) => compared !== undefined && !stopped);
    const expected: string[] = [];
    const asserts: string[] = [];
    let to = end;
    results.forEach(({ at, after, compared = "i32" }, r) => {
      const count = after.length / (compared === "f64" ? 8 : 4);
      if (wrong && i === calls.length - 1 && r === results.length - 1) after[after.length - 1]! ^= 1;
      expected.push(segment(to, after));
      asserts.push(
        `(assert_return (invoke $compare "${compared}" ${pointer(at)} ${pointer(to)} ${pointer(count)}) (i32.const -1))`,
      );
      numbers += count;
      to = align(to + after.length);
    });
    const values = signature.parameters.map((type, p) => constant(type, argumentOf(call, at, p)));
    const invoke = `(invoke $kernels "${call.kernel}" ${values.join(" ")})`;
    const given = data.flatMap(({ at, before }) => (before === undefined ? [] : [segment(at, before)]));
    const added = [
      `(module (import "kernels" "memory" (memory 1)) ${[...given, ...expected].join(" ")})`,
      returned === undefined ? `(assert_return ${invoke})` : `(assert_return ${invoke} (i32.const ${returned}))`,
      ...asserts,
    ];
    for (const line of added) byLine.set(lines.push(line), call);
  });
  const assertions = lines.filter((line) => line.startsWith("(assert_return")).length;
  return { text: `${lines.join("\n")}\n`, calls: byLine, numbers, assertions };
}

/** An area of a call that was made. */
export interface Place {
  readonly at: number;
  readonly before: Uint8Array | undefined;
  readonly after: Uint8Array;
  readonly compared: Compared | undefined;
}

/** Makes a call of an instance, whose memory it takes from the heap's first byte on. */
export function perform(kernels: Pick<Kernels, Shared>, call: Call): Performed {
  const all = new Uint8Array(kernels.memory.buffer);
  const at: Record<string, number> = { scratch: align(kernels.heapBase.value) };
  let end = align(at["scratch"]! + SCRATCH_BYTES);
  for (const [name, { bytes, data }] of Object.entries(call.areas)) {
    at[name] = end;
    if (data !== undefined) all.set(bytesOf(data), end);
    end = align(end + bytes);
  }
  const returned = (kernels as unknown as Readonly<Record<string, Kernel>>)[call.kernel]!(
    ...call.arguments.map((_, p) => argumentOf(call, at, p)),
  );
  const data = Object.entries(call.areas).map(([name, { bytes, data, compared }]): Place => {
    const after = all.slice(at[name], at[name]! + bytes);
    return { at: at[name]!, before: data && bytesOf(data), after, compared };
  });
  return { at, data, returned, end };
}

function argumentOf(call: Call, at: Readonly<Record<string, number>>, index: number): number {
  const value = call.arguments[index];
  const found = typeof value === "string" ? at[value] : value;
  if (found === undefined) throw new Error(`${call.name}: nothing to pass as argument ${index}`);
  return found;
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function align(pointer: number): number {
  return Math.ceil(pointer / ALIGNMENT) * ALIGNMENT;
}

function segment(at: number, bytes: Uint8Array): string {
  return `(data ${pointer(at)} ${quoted(bytes)})`;
}

function quoted(bytes: Uint8Array): string {
  return `"${Array.from(bytes, (byte) => `\\${byte.toString(16).padStart(2, "0")}`).join("")}"`;
}

function pointer(value: number): string {
  return constant("i32", value);
}

function constant(type: NumberType, value: number): string {
  if (type === "i32") return `(i32.const ${value})`;
  if (Number.isNaN(value)) return `(${type}.const nan)`;
  const text = Number.isFinite(value) ? (Object.is(value, -0) ? "-0" : `${value}`) : value > 0 ? "inf" : "-inf";
  return `(${type}.const ${text})`;
}

/** For each type, a function of two pointers and a count: where numbers first differ, or -1. */
function comparing(): string {
  const functions = (["i32", "f32", "f64"] as const).map((type) => {
    const bits = type === "f64" ? "i64" : "i32";
    const width = type === "f64" ? 8 : 4;
    const at = (pointer: string, as: string) =>
      `(${as}.load (i32.add (local.get ${pointer}) (i32.mul (local.get $i) (i32.const ${width}))))`;
    const notNumber = (pointer: string) => `(${type}.ne ${at(pointer, type)} ${at(pointer, type)})`;
    const bothNaN = type === "i32" ? "(i32.const 0)" : `(i32.and ${notNumber("$got")} ${notNumber("$expected")})`;
    const differ = `(${bits}.ne ${at("$got", bits)} ${at("$expected", bits)})`;
    return `(func (export "${type}") (param $got i32) (param $expected i32) (param $count i32) (result i32) (local $i i32)
      (loop $next
        (if (i32.lt_u (local.get $i) (local.get $count)) (then
          (if (i32.and ${differ} (i32.eqz ${bothNaN})) (then (return (local.get $i))))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br $next))))
      (i32.const -1))`;
  });
  return `(module $compare (import "kernels" "memory" (memory 1)) ${functions.join(" ")})`.replace(/\s*\n\s*/g, " ");
}
