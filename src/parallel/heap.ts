// The memory of a pool's arrays, in which its threads work.

import { type Block, Heap } from "../heap.js";
import type { Dtype } from "../types.js";

export class PoolHeap extends Heap {
  #calls = 0;
  readonly #freed: (() => void)[] = [];

  /** For an array of the caller's: what is freed while calls are under way is given back after them. */
  override allocate(dtype: Dtype, length: number): Block {
    const block = super.allocate(dtype, length);
    const free = (): void => {
      this.#freed.push(block.free);
      this.#settle();
    };
    return { ...block, free };
  }

  /** For a call of our own. */
  borrow(dtype: Dtype, length: number): Block {
    return super.allocate(dtype, length);
  }

  begin(): void {
    this.#calls++;
  }

  end(): void {
    this.#calls--;
    this.#settle();
  }

  #settle(): void {
    if (this.#calls === 0) for (const free of this.#freed.splice(0)) free();
  }
}
