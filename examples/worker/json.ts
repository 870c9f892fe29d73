// JSON bodies: { "logits": …, and the options under the package's own names }

import { crossEntropy, softmax } from "softmax-simd";
import { sample } from "softmax-simd/sampling";
import { soon } from "./blocks.js";
import { MAX_JSON_BYTES } from "./limits.js";
import { answer, computed, Problem } from "./problem.js";
import { checkDraws, lossAnswer } from "./raw.js";

type Numbers = readonly number[];
type Given = Readonly<Record<string, unknown>>;

/** The answer to a body that is an object. */
export type JsonHandler = (body: Given) => Response;

export const softmaxJson: JsonHandler = (body) => {
  const [logits, options] = logitsOf(body);
  return json({ probabilities: computed(() => softmax(logits, options)) });
};

export const sampleJson: JsonHandler = (body) => {
  const [logits, options] = logitsOf(body);
  checkDraws(rowsOf(logits, options), options["numSamples"]);
  return json({ samples: computed(() => sample(logits, options)) });
};

export const crossEntropyJson: JsonHandler = (body) => {
  const [logits, { targets, ...options }] = logitsOf(body);
  return lossAnswer(computed(() => crossEntropy(logits, targets as Numbers, options)));
};

/** The object that a body holds. `idle` is how long the body may stand still, in milliseconds. */
export async function readJson(request: Request, idle: number): Promise<Given> {
  const text = await readText(request, idle);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Problem(400, `body: ${(error as Error).message}${/\b(NaN|Infinity)\b/.test(text) ? NOT_FINITE : ""}`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Given;
  throw new Problem(400, "body: expected a JSON object with logits, got another JSON value");
}

const NOT_FINITE =
  "; JSON has no NaN and no Infinity: leave classes out with `where`, or send float32 as application/octet-stream";

async function readText(request: Request, idle: number): Promise<string> {
  if (request.body === null) return "";
  const reader = request.body.getReader();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  try {
    for (let length = 0; ; ) {
      const { done, value } = await soon(reader.read(), idle);
      if (done) return text + utf8(() => decoder.decode());
      length += value.length;
      if (length > MAX_JSON_BYTES) {
        throw new Problem(413, `body: expected at most ${MAX_JSON_BYTES} bytes of JSON, got more`);
      }
      text += utf8(() => decoder.decode(value, { stream: true }));
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function utf8(decode: () => string): string {
  try {
    return decode();
  } catch {
    throw new Problem(400, "body: expected UTF-8, got other bytes");
  }
}

function logitsOf({ logits, ...options }: Given): [logits: Numbers, options: Given] {
  if (!Array.isArray(logits)) throw new Problem(422, `logits: expected an array, got ${kindOf(logits)}`);
  if ("out" in options) throw new Problem(422, "out: expected none, the result is the answer");
  if (!allFinite(logits))
    throw new Problem(422, `logits: expected numbers that float64 holds, got Infinity${NOT_FINITE}`);
  return [logits as Numbers, options];
}

function kindOf(value: unknown): string {
  return value === null || value === undefined ? String(value ?? "none") : `a JSON ${typeof value}`;
}

/** Whether no number in arrays of arrays was too large for float64, such as 1e999. */
function allFinite(values: readonly unknown[]): boolean {
  const open: unknown[][] = [values as unknown[]];
  for (let array = open.pop(); array !== undefined; array = open.pop()) {
    for (const value of array) {
      if (Array.isArray(value)) open.push(value);
      else if (typeof value === "number" && !Number.isFinite(value)) return false;
    }
  }
  return true;
}

/** How many rows are drawn from, as far as `shape` and `axis` are what the package takes. */
function rowsOf(logits: readonly unknown[], { shape, axis = -1 }: Given): number {
  const lengths = Array.isArray(shape) ? (shape as number[]) : shapeOf(logits);
  const axes = axis === null ? lengths.keys() : ([axis].flat() as number[]);
  const columns = new Set([...axes].map((index) => (index < 0 ? index + lengths.length : index)));
  return lengths.reduce((rows, length, index) => (columns.has(index) ? rows : rows * length), 1);
}

function shapeOf(nested: unknown): number[] {
  const shape: number[] = [];
  for (let level = nested; Array.isArray(level) && shape.length < 32; level = level[0]) shape.push(level.length);
  return shape;
}

function json(value: unknown): Response {
  return answer(JSON.stringify(value), "application/json");
}
