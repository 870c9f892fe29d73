import { checkLength, describe, lengthOf, toNumbers, typedArrayName } from "../check/arrays.js";
import { checkClass } from "../check/class-indices.js";
import { checkInput } from "../check/input.js";
import { checkBeta, checkOptions } from "../check/options.js";
import type { Extent } from "../check/shape.js";
import { broadcastTo, readMask } from "../check/where.js";
import { dispose } from "../dispose.js";
import type { Disposing } from "../types.js";
import type { Call } from "./call.js";
import { addBias, type Bias, type EditRow, type Floats, type Penalties, Seen } from "./edits.js";
import { engine } from "./engine.js";
import { drawPlain } from "./fallback.js";
import {
  checkCount,
  FILTERS,
  type Filters,
  type Given,
  readWanted,
  resolveBias,
  resolveHistory,
  STREAM,
} from "./options.js";
import { checkStream, checkUniform, type Stream } from "./stream.js";
import type { Logits, SamplerOptions } from "./types.js";
import { cannotDraw } from "./undrawable.js";
import { Workspace } from "./workspace.js";

const OPTIONS = [...FILTERS, ...STREAM];

/** What `new Sampler` makes. */
export interface Sampler extends Disposing {
  /**
   * Draws a token from the logits of the next position: as many as the vocabulary has, in a typed array, nested arrays or
   * a tensor. They are not changed.
   *
   * @throws TypeError, RangeError for other logits, of another length, or of which nothing can be drawn; that is no draw.
   */
  next(logits: Logits): number;
  /** Adds a token to the history that the penalties go by. @throws TypeError, RangeError for what is no token. */
  accept(token: number): void;
  /** The step of the next draw: how many there were, and the option `step`. */
  readonly step: number;
  /** Gives the memory back; nothing is drawn after it. To do so again is no error. */
  free(): void;
}

/**
 * Draws one class after the other, for a decoding loop: options, the random stream and its memory are there once, and
 * `next` allocates nothing for a Float32Array or Float64Array.
 *
 * Draws and their accuracy are {@link sample}'s: draw i is that of `sample(logits, { …options, seed, step: i })`, where
 * `step` counts from the option `step` on. The penalties' history is the option `history`, a prompt's tokens say, and
 * what `accept` was given since.
 *
 * @class
 * @throws TypeError, RangeError for wrong options.
 * @example
 * using sampler = new Sampler(4, { temperature: 0.7, topK: 2, repetitionPenalty: 1.3, seed: 1 });
 * const tokens = [];
 * while (tokens.length < 10) {
 *   const token = sampler.next(new Float32Array([1, 4, 2, 3]));
 *   sampler.accept(token);
 *   tokens.push(token);
 * }
 */
export const Sampler: new (vocabularySize: number, options?: SamplerOptions) => Sampler = class {
  readonly #classes: number;
  readonly #beta: number;
  readonly #mask: Uint8Array | undefined;
  readonly #filters: Filters;
  readonly #bias: Bias | undefined;
  readonly #penalties: Penalties | undefined;
  readonly #seen: Seen;
  readonly #stream: Stream;
  readonly #edit: EditRow | undefined;
  readonly #extent: Extent;
  /** Undefined where no kernel can serve. */
  #workspace: Workspace | undefined;
  #step: number;
  #freed = false;

  constructor(vocabularySize: number, options?: SamplerOptions) {
    const classes = checkCount(vocabularySize, "vocabularySize", 1);
    const given = checkOptions(options, OPTIONS) as Given;
    const { where, temperature, beta, base, seed, step, rng } = given;
    this.#beta = checkBeta(temperature, beta, base);
    const { filters, penalties, bias, history } = readWanted(given);
    this.#filters = filters;
    this.#penalties = penalties;
    this.#stream = checkStream(seed, step, rng);
    this.#step = typeof this.#stream === "function" ? 0 : this.#stream.step;
    const mask = where === undefined ? undefined : readMask(where);
    this.#classes = classes;
    this.#extent = { outer: 1, length: classes, inner: 1, first: 0, end: 1 };
    this.#mask = mask && broadcastTo(mask.bytes, mask.shape, [classes], this.#extent, "where");
    this.#bias = bias && resolveBias(bias, [classes], this.#extent);
    this.#seen = new Seen(this.#penalties === undefined ? 0 : classes);
    this.#edit = this.#bias === undefined && this.#penalties === undefined ? undefined : this.#editRow.bind(this);
    if (history !== undefined) for (const token of resolveHistory(history, 1, classes)[0]!) this.#add(token);
    this.#workspace = Workspace.make(engine, classes, this.#mask);
  }

  next(logits: Logits): number {
    this.#check("next");
    const data = this.#read(logits);
    if (typeof this.#stream !== "function") return this.#draw(data, undefined);
    const uniform = checkUniform(this.#stream());
    // The caller's code has run.
    this.#check("next");
    this.#checkSize(data);
    return this.#draw(data, uniform);
  }

  accept(token: number): void {
    this.#check("accept");
    if (typeof token !== "number") throw new TypeError(`token: expected a class index, got ${describe(token)}`);
    this.#add(checkClass(token, "token", this.#classes));
  }

  get step(): number {
    return this.#step;
  }

  free(): void {
    this.#freed = true;
    this.#workspace?.free();
    this.#workspace = undefined;
  }

  [dispose](): void {
    this.free();
  }

  #check(name: string): void {
    if (this.#freed) throw new TypeError(`${name}: expected a sampler in use, got one that was freed`);
  }

  #read(logits: unknown): Floats {
    const type = typedArrayName(logits);
    if (type === "Float32Array" || type === "Float64Array") {
      this.#checkSize(logits as Floats);
      return logits as Floats;
    }
    const { data, dtype } = checkInput(logits, "logits");
    this.#checkSize(data);
    return dtype === "float16" ? new Float32Array(toNumbers(data)) : (data as Floats);
  }

  #checkSize(data: unknown): void {
    if (lengthOf(data) === this.#classes) return;
    const length = checkLength(data, "logits");
    const several = length > 0 && length % this.#classes === 0;
    const last = `; of logits [1, T, V] pass the last position, a typed array's logits.subarray(logits.length - ${this.#classes})`;
    throw new RangeError(
      `logits: expected ${this.#classes} numbers, one for each of the vocabulary, got ${length}${several ? last : ""}`,
    );
  }

  #add(token: number): void {
    if (this.#penalties !== undefined) this.#seen.add(token);
  }

  #editRow(row: Floats, start: number): void {
    if (this.#bias !== undefined) addBias(row, start, 0, this.#bias, this.#extent, this.#beta);
    if (this.#penalties !== undefined) this.#seen.penalise(row, start, this.#penalties);
  }

  #draw(data: Floats, uniform: number | undefined): number {
    const workspace = this.#workspace;
    const token = workspace === undefined ? this.#plainly(data, uniform) : this.#inKernels(workspace, data, uniform);
    this.#step++;
    return token;
  }

  #inKernels(workspace: Workspace, data: Floats, uniform: number | undefined): number {
    const stream = this.#stream;
    if (typeof stream === "function") workspace.place(uniform!);
    else workspace.seed(stream.low, stream.high, this.#step);
    const double = typedArrayName(data) === "Float64Array";
    const token = workspace.draw(data, double, this.#beta, this.#filters, this.#edit);
    if (token < 0) throw cannotDraw(this.#call(data), toNumbers(data), 0);
    return token;
  }

  #plainly(data: Floats, uniform: number | undefined): number {
    const stream = this.#stream;
    const uniforms = typeof stream === "function" ? Float64Array.of(uniform!) : { ...stream, step: this.#step };
    return drawPlain(this.#call(data), { count: 1, replacement: true, uniforms }, false).tokens[0]!;
  }

  #call(data: Floats): Call {
    const dtype = typedArrayName(data) === "Float64Array" ? "float64" : "float32";
    const request = { dtype, data, mask: this.#mask, extent: this.#extent, beta: this.#beta } as const;
    return { request, filters: this.#filters, edit: this.#edit };
  }
};
