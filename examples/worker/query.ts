// The options of a raw body, in the query: ?shape=64,1000&temperature=0.5

import { MAX_COLUMNS } from "./limits.js";
import { Problem } from "./problem.js";

export interface Query {
  readonly shape: readonly number[];
  /** As many as the axes before the last have. */
  readonly rows: number;
  readonly columns: number;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Options that hold for a batch as a whole, or are arrays of its size. */
const JSON_ONLY: readonly string[] = ["axis", "out", "where", "weight", "sampleWeight", "history", "logitBias", "rng"];

const NUMBER = /^-?(Infinity|\d+(\.\d*)?(e[-+]?\d+)?)$/i;

/** What a query says; values and names are left to the package to check. */
export function readQuery(parameters: URLSearchParams): Query {
  const given = new Map<string, string>();
  for (const [name, text] of parameters) {
    if (given.has(name)) throw new Problem(400, `${name}: expected once in the query, got it more than once`);
    if (JSON_ONLY.includes(name)) throw new Problem(422, `${name}: expected in a JSON body only, got it in the query`);
    given.set(name, text);
  }
  const shape = readShape(given.get("shape"));
  given.delete("shape");
  const columns = shape.at(-1) as number;
  const rows = shape.slice(0, -1).reduce((product, length) => product * length, 1);
  if (!Number.isSafeInteger(4 * rows * columns)) throw new Problem(413, "shape: expected at most 2^53 bytes, got more");
  if (columns > MAX_COLUMNS) {
    throw new Problem(413, `shape: expected at most ${MAX_COLUMNS} columns, got ${columns}`);
  }
  return { shape, rows, columns, options: Object.fromEntries([...given].map(([name, text]) => [name, parsed(text)])) };
}

function readShape(text: string | undefined): number[] {
  if (text === undefined) throw new Problem(400, "shape: expected in the query, as in ?shape=64,1000; got none");
  if (!/^\d{1,16}(,\d{1,16}){0,7}$/.test(text)) {
    throw new Problem(400, `shape: expected 1 to 8 lengths, as in ?shape=64,1000; got ${JSON.stringify(text)}`);
  }
  return text.split(",").map(Number);
}

/** Numbers and booleans as such; what is neither stays text. */
function parsed(text: string): unknown {
  if (NUMBER.test(text)) return Number(text);
  if (text === "true") return true;
  return text === "false" ? false : text;
}
