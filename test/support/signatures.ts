// What a module's binary says of its exported functions and its memory, which JavaScript's API does not tell.

export type NumberType = "i32" | "i64" | "f32" | "f64" | "v128";

export interface Signature {
  readonly parameters: readonly NumberType[];
  readonly results: readonly NumberType[];
}

export interface Layout {
  readonly functions: Readonly<Record<string, Signature>>;
  /** The names of what else it exports. */
  readonly others: readonly string[];
  /** Pages at the start; `maximum` is undefined where the module sets none. */
  readonly memory: { readonly initial: number; readonly maximum: number | undefined };
}

const TYPES: Readonly<Record<number, NumberType>> = { 127: "i32", 126: "i64", 125: "f32", 124: "f64", 123: "v128" };

/** Ids of the sections that are read; 2 would be imports, which take the first function indices. */
const TYPE = 1;
const IMPORT = 2;
const FUNCTION = 3;
const MEMORY = 5;
const EXPORT = 7;

class Reader {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get ended(): boolean {
    return this.#at >= this.#bytes.length;
  }

  byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new Error("the module ends early");
    return byte;
  }

  /** An unsigned LEB128 number. */
  number(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }

  take(count: number): Uint8Array {
    const taken = this.#bytes.subarray(this.#at, this.#at + count);
    this.#at += count;
    return taken;
  }

  list<T>(read: () => T): T[] {
    return Array.from({ length: this.number() }, read);
  }
}

/** Of a module that imports nothing. */
export function layoutOf(module: Uint8Array): Layout {
  const sections = sectionsOf(module);
  if (sections.has(IMPORT)) throw new Error("expected a module without imports");
  const types = read(sections, TYPE, (from) => {
    if (from.byte() !== 0x60) throw new Error("expected a function type");
    return { parameters: typesOf(from), results: typesOf(from) };
  });
  const functions = read(sections, FUNCTION, (from) => types[from.number()] as Signature);
  const exported = read(sections, EXPORT, (from) => {
    const name = new TextDecoder().decode(from.take(from.number()));
    return { name, kind: from.byte(), index: from.number() };
  });
  const [memory] = read(sections, MEMORY, (from) => {
    const bounded = from.byte() === 1;
    return { initial: from.number(), maximum: bounded ? from.number() : undefined };
  });
  const called = exported.filter(({ kind }) => kind === 0);
  return {
    functions: Object.fromEntries(called.map(({ name, index }) => [name, functions[index] as Signature])),
    others: exported.filter(({ kind }) => kind !== 0).map(({ name }) => name),
    memory: memory as Layout["memory"],
  };
}

function sectionsOf(module: Uint8Array): ReadonlyMap<number, Uint8Array> {
  const from = new Reader(module, 8);
  const sections = new Map<number, Uint8Array>();
  while (!from.ended) {
    const id = from.byte();
    sections.set(id, from.take(from.number()));
  }
  return sections;
}

function read<T>(sections: ReadonlyMap<number, Uint8Array>, id: number, item: (from: Reader) => T): T[] {
  const from = new Reader(sections.get(id) ?? Uint8Array.of(0));
  return from.list(() => item(from));
}

function typesOf(from: Reader): NumberType[] {
  return from.list(() => {
    const code = from.byte();
    const type = TYPES[code];
    if (type === undefined) throw new Error(`expected a number type, got ${code}`);
    return type;
  });
}
