// The memory of a pool's arrays, in which its threads work.

import { type Block, Heap } from "../heap.js";
import type { Dtype } from "../types.js";

export class PoolHeap extends Heap {
  /** How many calls have begun. */
  #calls = 0;
  /** Those under way, in that order. */
  readonly #running: Set<number> = new Set();
  /** What was freed, and how many calls had begun by then. */
  readonly #freed: { readonly free: () => void; readonly begun: number }[] = [];

  /** For an array of the caller's: what is freed is given back once the calls that were under way then have ended. */
  override allocate(dtype: Dtype, length: number): Block {
    const block = super.allocate(dtype, length);
    const free = (): void => {
      this.#freed.push({ free: block.free, begun: this.#calls });
      this.#settle();
    };
    return { ...block, free };
  }

  /** For a call of our own. */
  borrow(dtype: Dtype, length: number): Block {
    return super.allocate(dtype, length);
  }

  /** Begins a call; what it returns ends it. */
  begin(): () => void {
    const call = this.#calls++;
    this.#running.add(call);
    return () => {
      this.#running.delete(call);
      this.#settle();
    };
  }

  #settle(): void {
    const [oldest = Infinity] = this.#running;
    while (this.#freed[0] !== undefined && this.#freed[0].begun <= oldest) this.#freed.shift()?.free();
  }
}
