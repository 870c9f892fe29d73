// Starting other programs, and waiting for them.

/** Starts something, and once more if that fails; what is done with it is never tried again. */
export async function start<T>(name: string, attempt: () => Promise<T>): Promise<T> {
  try {
    return await limited(`starting ${name}`, 60_000, attempt());
  } catch (error) {
    console.warn(`${name} did not start, trying once more: ${error instanceof Error ? error.message : error}`);
    return limited(`starting ${name}`, 60_000, attempt());
  }
}

/** The promise's value, or an error when it takes too long. */
export async function limited<T>(name: string, milliseconds: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${name} took more than ${milliseconds / 1000} s`)), milliseconds);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
