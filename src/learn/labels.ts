// Class labels of any kind, and the indices that stand for them.

import { checkLength, describe, typedArrayName } from "../check/arrays.js";
import type { ClassLabel, LabelArray } from "./types.js";

/** "number", "string", "boolean" or "bigint" in plain arrays; else the name of a typed array's type. */
export type LabelKind = string;

/** Labels as they were given. */
export interface Labels {
  readonly kind: LabelKind;
  readonly values: readonly ClassLabel[];
}

const PLAIN = ["number", "string", "boolean", "bigint"];

/** Reads labels, all of the type given or of the first's; callbacks of the caller's may run. */
export function readLabels(y: unknown, name: string, type?: string): Labels {
  const typeName = typedArrayName(y);
  if (typeName !== undefined) checkLength(y, name);
  else if (!Array.isArray(y)) {
    throw new TypeError(`${name}: expected labels in an array or a typed array, got ${describe(y)}`);
  }
  const values: ClassLabel[] = Array.from(y as ArrayLike<ClassLabel>);
  const plain = type ?? typeof values[0];
  values.forEach((value, i) => {
    checkLabel(value, plain, `${name}[${i}]`);
  });
  return { kind: typeName ?? plain, values };
}

function checkLabel(value: unknown, type: string, name: string): void {
  if (!PLAIN.includes(typeof value)) {
    throw new TypeError(`${name}: expected a number, string, boolean or bigint, got ${describe(value)}`);
  }
  if (typeof value !== type) {
    throw new TypeError(`${name}: expected a ${type} as the other labels are, got ${describe(value)}`);
  }
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new RangeError(`${name}: expected a finite number, got ${value}`);
  }
}

/** The labels that occur, each once: numbers and bigints in order, strings by code units, false before true. */
export function classesOf(values: readonly ClassLabel[]): ClassLabel[] {
  return [...new Set(values)].sort((a, b) => (a < b ? -1 : 1));
}

/** The index of each label among the classes; -1 for one that is none of them. */
export function indicesOf(values: readonly ClassLabel[], classes: readonly ClassLabel[]): Int32Array {
  const indices = new Map(classes.map((label, k) => [label, k]));
  return Int32Array.from(values, (label) => indices.get(label) ?? -1);
}

/** Labels in an array of their kind. */
export function toArray(values: readonly ClassLabel[], kind: LabelKind): LabelArray {
  if (PLAIN.includes(kind)) return [...values] as LabelArray;
  return Reflect.get(globalThis, kind).from(values);
}

/** The name of a kind that this engine has. */
export function checkKind(kind: unknown, name: string): LabelKind {
  const known =
    typeof kind === "string" && (PLAIN.includes(kind) || /^(Float|(Big)?(Ui|I)nt)\d+(Clamped)?Array$/.test(kind));
  if (known && (PLAIN.includes(kind) || Reflect.has(globalThis, kind))) return kind;
  throw new RangeError(`${name}: expected a kind of labels or of typed array known here, got ${describe(kind)}`);
}

export function isBig(kind: LabelKind): boolean {
  return kind.toLowerCase().startsWith("big");
}
