// Draws and distributions by the kernels: rows pass through linear memory in chunks, where they are edited, and filtered
// and drawn from in place.

import { samplingWorkBytes } from "../abi.js";
import { toNumbers } from "../check/arrays.js";
import { firstOf } from "../check/shape.js";
import type { Request } from "../check.js";
import { Chunks, type Rows, type RowsOp, room } from "../chunks.js";
import { decodeFloat16 } from "../float16.js";
import { align, type Memory } from "../memory.js";
import { absent } from "../ops/softmax.js";
import type { Elements } from "../types.js";
import { pass } from "../window.js";
import type { Call, Draws } from "./call.js";
import type { Floats } from "./edits.js";
import { samplingKernels } from "./engine.js";
import type { Drawn } from "./fallback.js";
import { cannotDraw } from "./undrawable.js";

/** Rows that the kernel which draws may take together: it wants room for whole groups. */
const GROUP = 4;

/** Bytes that a draw passes through: its uniform number and its log-probability in float64, its class in int32. */
const DRAW_BYTES = 20;

/** Draws from each row. */
export function drawInKernels(memory: Memory, call: Call<Request>, draws: Draws, withLogProbs: boolean): Drawn {
  const { request } = call;
  const { outer, length, inner } = request.extent;
  const { count } = draws;
  const batch = outer * inner;
  const tokens = new Int32Array(batch * count);
  const logProbs = withLogProbs ? new Float64Array(batch * count) : undefined;
  if (batch * count === 0) return { tokens, logProbs };
  const double = request.dtype === "float64";
  const groups = Math.max(1, Math.floor(room(memory) / 4 / (count * DRAW_BYTES * GROUP)));
  const most = Math.min(batch, groups * GROUP);
  const spare = align((GROUP - 1) * length * (double ? 8 : 4));
  const bytes = spare + align(samplingWorkBytes(length)) + align(most * count * DRAW_BYTES);
  const chunks = new Chunks(memory, request, { numbers: 0, extra: { bytes } });
  try {
    for (const chunk of chunks.all()) {
      const rows = chunks.load(chunk, { fills: absent });
      edit(rows, call);
      for (let row = 0; row < rows.outer; row += most) {
        const some = { rows, row, count: Math.min(most, rows.outer - row) };
        const failed = drawSome(some, call, draws, rows.extra + spare, { tokens, logProbs });
        if (failed >= 0) throw cannotDraw(call, toNumbers(request.data), rows.first + row + failed);
      }
    }
  } finally {
    memory.release();
  }
  return { tokens, logProbs };
}

/** Some rows of a chunk. */
interface Some {
  readonly rows: Rows;
  readonly row: number;
  readonly count: number;
}

/** Draws from some rows, with memory at `work`; gives the number among them of one that could not be drawn from, or -1. */
function drawSome({ rows, row, count }: Some, call: Call, draws: Draws, work: number, drawn: Drawn): number {
  const { memory, double, length } = rows;
  const { topK, topP, minP } = call.filters;
  const kernels = samplingKernels(memory);
  const size = count * draws.count;
  const first = rows.first + row;
  const uniforms = work + align(samplingWorkBytes(length));
  const logs = uniforms + size * 8;
  const tokens = logs + size * 8;
  const at = first * draws.count;
  const doubles = memory.view("float64");
  if (draws.uniforms instanceof Float64Array) {
    doubles.set(draws.uniforms.subarray(at, at + size), uniforms / 8);
  } else {
    const { low, high, step } = draws.uniforms;
    kernels.uniforms(uniforms, count, draws.count, first, low, high, step % 2 ** 32, Math.floor(step / 2 ** 32));
  }
  const x = rows.x + row * length * (double ? 8 : 4);
  const failed = (double ? kernels.drawF64 : kernels.drawF32)(
    ...([x, count, length, call.request.beta, Math.min(topK, length), topP, minP] as const),
    ...([draws.count, draws.replacement ? 1 : 0, uniforms, tokens] as const),
    ...([drawn.logProbs === undefined ? 0 : logs, work, memory.scratch] as const),
  );
  drawn.tokens.set(new Int32Array(doubles.buffer, tokens, size), at);
  drawn.logProbs?.set(doubles.subarray(logs / 8, logs / 8 + size), at);
  return failed;
}

function edit({ memory, double, x, first, outer, length }: Rows, call: Call): void {
  if (call.edit === undefined) return;
  const view = memory.view(double ? "float64" : "float32") as Floats;
  const start = x / view.BYTES_PER_ELEMENT;
  for (let r = 0; r < outer; r++) call.edit(view, start + r * length, first + r);
}

/** The final distribution of each row. */
export function probabilitiesInKernels(memory: Memory, call: Call<Request>): Elements {
  const { request, filters } = call;
  const { length } = request.extent;
  const { topK, topP, minP } = filters;
  const kernels = samplingKernels(memory);
  const op: RowsOp = {
    fills: absent,
    masked: 0,
    numbers: 0,
    extra: { bytes: align(samplingWorkBytes(length)) },
    run(rows) {
      edit(rows, call);
      const run = rows.double ? kernels.probabilitiesF64 : kernels.probabilitiesF32;
      run(rows.x, rows.outer, length, request.beta, Math.min(topK, length), topP, minP, rows.extra, memory.scratch);
    },
  };
  return pass(memory, request, op);
}

/** The log-probability of each draw under softmax of the logits, only masked. */
export function rawLogProbsInKernels(memory: Memory, request: Request, tokens: Int32Array): Float64Array {
  const { outer, length, inner } = request.extent;
  const rows = outer * inner;
  if (tokens.length === 0) return new Float64Array(0);
  const normalizers = new Float64Array(rows * 2);
  const kernels = samplingKernels(memory);
  const work = align(samplingWorkBytes(length));
  const op: RowsOp = {
    fills: absent,
    numbers: 0,
    extra: { bytes: work, rowBytes: 16 },
    run({ double, x, extra, outer }) {
      const run = double ? kernels.normalizersF64 : kernels.normalizersF32;
      run(x, outer, length, extra + work, extra, memory.scratch);
    },
    take({ extra, first, outer }) {
      const at = (extra + work) / 8;
      normalizers.set(memory.view("float64").subarray(at, at + outer * 2), first * 2);
    },
  };
  pass(memory, { ...request, beta: 1 }, op);
  const count = tokens.length / rows;
  return Float64Array.from(tokens, (token, d) => {
    const r = Math.floor(d / count);
    const value = request.data[firstOf(request.extent, r) + token * inner]!;
    const logit = request.dtype === "float16" ? decodeFloat16(value) : value;
    return logit - normalizers[2 * r]! - normalizers[2 * r + 1]!;
  });
}
