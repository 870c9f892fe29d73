import { logs } from "./misuse.js";

/** The logarithms of 1 … 6. */
export function float32(): Float32Array<ArrayBuffer> {
  return new Float32Array(logs(6));
}

/** An array with the logarithms of 1, 2, 3 … in it. */
export function filled<A extends Float32Array>(array: A): A {
  array.set(logs(array.length));
  return array;
}

export type ResizableBuffer = ArrayBuffer & { resize(bytes: number): void };

/** 24 bytes that can grow and shrink. */
export function resizable(): ResizableBuffer {
  const Buffer = ArrayBuffer as unknown as new (bytes: number, options: object) => ResizableBuffer;
  return new Buffer(24, { maxByteLength: 4096 });
}

/** Takes the memory away from an array. */
export function detach({ buffer }: { buffer: ArrayBufferLike }): void {
  structuredClone(buffer, { transfer: [buffer as ArrayBuffer] });
}
