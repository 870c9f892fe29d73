// What is tested: the package's entries, as an engine has imported them, and what serves there.

import type { Implementation } from "../support/implementations.js";
import type { Suite } from "./suite.js";

export interface Entries {
  readonly library: typeof import("softmax-simd");
  readonly learn: typeof import("softmax-simd/learn");
  readonly sampling: typeof import("softmax-simd/sampling");
  readonly reference: typeof import("softmax-simd/reference");
}

export type Floats = Float32Array | Float64Array;
export type Options = Readonly<Record<string, unknown>>;

/** The ops over arrays of either dtype. */
export type Library = Omit<Implementation, "softmax" | "name" | "allocate"> & {
  readonly softmax: (x: Floats, options?: Options) => Floats;
};

/** An op of anything. */
export type Loose = (...args: readonly unknown[]) => unknown;

/** An instance of the library. */
export interface Subject extends Library {
  /** What it is called in failures. */
  readonly name: string;
  /** Its functions, for arguments that their types refuse or tell apart. */
  readonly loose: Readonly<Record<string, Loose>>;
}

export interface Context {
  readonly suite: Suite;
  readonly entries: Entries;
  /** The shared instance, and the deterministic one where it can serve. */
  readonly subjects: readonly Subject[];
  readonly reference: Library;
}

export async function contextOf(suite: Suite, entries: Entries): Promise<Context> {
  const exact = await deterministic(entries);
  return {
    suite,
    entries,
    subjects: [subject("shared", entries.library), ...(exact === null ? [] : [subject("deterministic", exact)])],
    reference: entries.reference as unknown as Library,
  };
}

export function subject(name: string, library: object): Subject {
  const loose = library as Subject["loose"];
  return { ...(library as Library), name, loose };
}

/** The instance of the baseline module; null where no kernel can serve. */
export async function deterministic({
  library,
}: Entries): Promise<ReturnType<Entries["library"]["createSoftmax"]> | null> {
  const exact = library.createSoftmax({ deterministic: true });
  try {
    await exact.ready();
    exact.backend();
    return exact;
  } catch (error) {
    if (/no kernel can serve/.test((error as Error).message)) return null;
    throw error;
  }
}
