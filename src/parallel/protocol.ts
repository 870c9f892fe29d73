// What the calling thread and the others say to each other.

/** A kernel's name, and what it is called with. */
export type Call = readonly [name: string, ...args: number[]];

/** The first message to a thread: what to instantiate, and in which memory; undefined: in one of its own. */
export interface Setup {
  readonly module: object;
  readonly memory: object | undefined;
}

/** Kernel calls to make, one after the other. */
export interface Job {
  readonly id: number;
  readonly calls: readonly Call[];
  /** Where threads that have the same calls share them: a pointer to the number of the next one to make. */
  readonly turns?: number | undefined;
  /** Where memory is not shared: what the thread's memory is to hold from `from` on, and what comes back. */
  readonly buffer: ArrayBuffer | undefined;
  readonly from: number;
}

/** Answers: to the first message, to a job that is done, and to one that failed. */
export type Reply =
  | { readonly id: undefined }
  | { readonly id: number; readonly buffer: ArrayBuffer | undefined }
  | { readonly id: number; readonly error: unknown };
