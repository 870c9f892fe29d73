/** The package's entries, each imported where the engine has it, when called. */
export interface Loaders {
  library(): Promise<typeof import("softmax-simd")>;
  learn(): Promise<typeof import("softmax-simd/learn")>;
  sampling(): Promise<typeof import("softmax-simd/sampling")>;
  reference(): Promise<typeof import("softmax-simd/reference")>;
  parallel(): Promise<typeof import("softmax-simd/parallel")>;
}

/** Milliseconds; where an engine's clock stands still during a computation (workerd), it waits until it goes on. */
export type Clock = () => Promise<number>;

/** What is run in an engine: one ES module whose default export this is. Its result is passed on as JSON. */
export type Program = (load: Loaders, clock: Clock) => Promise<unknown>;
