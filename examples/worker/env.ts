// What wrangler.json binds, as far as it is used here. `@cloudflare/workers-types` has the whole of it.

declare global {
  /** A TransformStream that changes nothing and passes on so many bytes; an answer gets its Content-Length by it. */
  var FixedLengthStream: new (length: number) => TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>;
}

export interface Env {
  readonly BATCHES: Queue<Batch>;
  readonly STORE: Bucket;
  /** How long a body may stand still, in milliseconds. */
  readonly IDLE_MS?: number;
}

/** A request that waits in the store for its turn. */
export interface Batch {
  readonly id: string;
  /** Path and query. */
  readonly target: string;
  readonly contentType: string;
}

export interface Queue<T> {
  send(message: T): Promise<unknown>;
}

export interface Message<T> {
  readonly body: T;
  readonly attempts: number;
  ack(): void;
  retry(): void;
}

export interface MessageBatch<T> {
  readonly messages: readonly Message<T>[];
}

export interface StoredObject {
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly size: number;
  readonly customMetadata?: Readonly<Record<string, string>>;
  readonly httpMetadata?: { readonly contentType?: string };
}

export interface PutOptions {
  readonly customMetadata?: Readonly<Record<string, string>>;
  readonly httpMetadata?: { readonly contentType: string };
}

/** An R2 bucket. */
export interface Bucket {
  get(key: string): Promise<StoredObject | null>;
  head(key: string): Promise<Omit<StoredObject, "body"> | null>;
  put(
    key: string,
    value: ReadableStream | ArrayBuffer | ArrayBufferView | string,
    options?: PutOptions,
  ): Promise<unknown>;
  delete(key: string | readonly string[]): Promise<void>;
}
