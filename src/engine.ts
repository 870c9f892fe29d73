// One instance of the kernels: chosen, compiled and given its memory when first needed.

import { Heap } from "./heap.js";
import { Budget, CEILING_BYTES, Memory } from "./memory.js";
import type { Backend } from "./types.js";
import { type BuiltIn, type Loaded, load, loadAsync, type Source } from "./wasm.js";

export interface EngineOptions extends Source {
  readonly deterministic: boolean;
  readonly fallback: boolean;
  readonly maxMemory: number;
}

export class Engine {
  readonly #options: EngineOptions;
  #loaded: Loaded | undefined;
  #memory: Memory | undefined;
  #heap: Heap | undefined;
  /** What maxMemory leaves for the memories together. */
  readonly budget: Budget;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.budget = new Budget(options.maxMemory);
  }

  /** The kernels' memory; undefined where the reference has to serve. */
  memory(): Memory | undefined {
    return this.#memory ?? this.#start();
  }

  /**
   * The heap of arrays that stay, in an instance of its own, so that calls which grow their memory leave it where it is;
   * undefined where the reference has to serve. `bytes`: what it is wanted for.
   */
  heap(bytes: number): Heap | undefined {
    if (this.#heap !== undefined) return this.#heap;
    const memory = this.separate(bytes);
    if (memory !== undefined) this.#heap = this.heapIn(memory);
    return this.#heap;
  }

  protected heapIn(memory: Memory): Heap {
    return new Heap(memory);
  }

  /** Memory in an instance of its own, with room for `bytes` bytes; undefined where the reference has to serve. */
  separate(bytes: number): Memory | undefined {
    const memory = this.memory();
    const loaded = this.#load();
    return memory === undefined || loaded.backend === "js" ? undefined : memory.twin(loaded.another, bytes);
  }

  backend(): Backend {
    const { backend, reason } = this.#load();
    return { backend, reason };
  }

  /** Whether `ready` may bring kernels that cannot serve yet. */
  isEarly(): boolean {
    const loaded = this.#load();
    return loaded.backend === "js" && loaded.later === true;
  }

  /** The compiled module; undefined where the reference has to serve. */
  module(): object | undefined {
    const loaded = this.#load();
    return loaded.backend === "js" ? undefined : loaded.module;
  }

  async ready(): Promise<void> {
    if (this.#isUnsettled()) {
      const loaded = await loadAsync(this.#options);
      // A call may have compiled meanwhile: what is there first stays.
      if (this.#isUnsettled()) this.#loaded = this.#checked(loaded);
    }
    this.memory();
  }

  #isUnsettled(): boolean {
    return this.#loaded === undefined || (this.#loaded.backend === "js" && this.#loaded.later === true);
  }

  #start(): Memory | undefined {
    const loaded = this.#load();
    if (loaded.backend === "js") return undefined;
    this.budget.count(loaded.kernels.memory.buffer.byteLength);
    this.#memory = new Memory(loaded.kernels, this.budget);
    return this.#memory;
  }

  #load(): Loaded {
    this.#loaded ??= this.#checked(load(this.#options));
    return this.#loaded;
  }

  #checked(loaded: Loaded): Loaded {
    if (loaded.backend === "relaxed-simd" && this.#options.deterministic) {
      throw new TypeError("module: expected the baseline module with deterministic: true, got the relaxed one");
    }
    if (loaded.backend !== "js" || this.#options.fallback) return loaded;
    throw new Error(`no kernel can serve, and falling back is not allowed: ${loaded.reason}`);
  }
}

/** An engine over modules that the package brings, with every other option at its default. */
export function engineOver(candidates: readonly BuiltIn[]): Engine {
  return new Engine({ code: undefined, candidates, deterministic: false, fallback: true, maxMemory: CEILING_BYTES });
}
