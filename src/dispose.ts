/** The name of what `using` calls. Where the engine has none, whoever brings one along makes it under this one. */
export const dispose: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for("Symbol.dispose");
