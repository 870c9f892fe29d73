// Callers' code that runs within a call.

/** A copy of an object or a list, one of whose properties runs `act` when it is read. */
export function spied<T extends object>(object: T, name: string | number, act: () => void): T {
  const value = Reflect.get(object, name) as unknown;
  const copy = Array.isArray(object) ? [...object] : { ...object };
  const get = (): unknown => {
    act();
    return value;
  };
  return Object.defineProperty(copy, name, { enumerable: true, get }) as T;
}

/** A proxy that runs `act` in whatever is asked of it. */
export function proxied<T extends object>(object: T, act: () => void): T {
  const handler = new Proxy({} as ProxyHandler<T>, {
    get: (_, trap: keyof typeof Reflect) =>
      trap in Reflect &&
      ((...args: unknown[]): unknown => {
        act();
        return (Reflect[trap] as (...args: unknown[]) => unknown)(...args);
      }),
  });
  return new Proxy(object, handler);
}

/** `act`, the first time only. */
export function once(act: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    act();
  };
}

export function outcome(act: () => unknown): [result: unknown, error: Error | undefined] {
  try {
    return [act(), undefined];
  } catch (error) {
    return [undefined, error as Error];
  }
}

/** Counts the reads of each property. */
export function counted<T extends object>(object: T, counts: Record<string, number>): T {
  return new Proxy(object, {
    get(target, name) {
      counts[String(name)] = (counts[String(name)] ?? 0) + 1;
      return Reflect.get(target, name) as unknown;
    },
  });
}

/** A class whose every method and property lies, and counts who asks. */
export function hostile<A extends object>(
  Base: new (...args: never[]) => A,
  asked: string[],
): new (
  values: Iterable<number>,
) => A {
  const Hostile = class extends (Base as unknown as new (...args: unknown[]) => object) {} as unknown as new (
    values: Iterable<number>,
  ) => A;
  const TypedArray = Object.getPrototypeOf(Base.prototype) as object;
  for (const name of [...Reflect.ownKeys(TypedArray), "BYTES_PER_ELEMENT"]) {
    Object.defineProperty(Hostile.prototype, name, {
      get() {
        asked.push(String(name));
        return name === "length" || name === "BYTES_PER_ELEMENT" ? 1 : () => [9, 9, 9];
      },
    });
  }
  Object.defineProperty(Hostile, Symbol.species, {
    get() {
      asked.push("species");
      throw new Error("species was asked for");
    },
  });
  return Hostile;
}
