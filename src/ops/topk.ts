import { selectionBytes } from "../abi.js";
import { allocate } from "../check/arrays.js";
import { type Chosen, checkTopK, deliverChosen, type TopKCall } from "../check/choice.js";
import { Chunks, kernelFor, type Rows, room } from "../chunks.js";
import { align, type Memory } from "../memory.js";
import type { Store } from "../store.js";

/** The k largest along an axis, and their indices, by the kernels. */
export function topK(memory: Memory, x: unknown, k: unknown, options: unknown, store: Store): unknown {
  const call = checkTopK(x, k, options, store);
  return deliverChosen(call, choose(memory, call));
}

/** Beside the chunks of rows: what the kernel works in, then the values and the indices of some rows. */
function choose(memory: Memory, call: TopKCall): Chosen {
  const { request, k } = call;
  const { dtype, extent } = request;
  const batch = extent.outer * extent.inner;
  const chosen = { values: allocate(dtype, batch * k), indices: new Int32Array(batch * k) };
  if (batch * k === 0) return chosen;
  const width = dtype === "float64" ? 8 : 4;
  const rowBytes = k * (width + 4);
  const most = Math.min(batch, Math.max(1, Math.floor(room(memory) / 4 / rowBytes)));
  const work = align(selectionBytes(extent.length, dtype === "float64"));
  const chunks = new Chunks(memory, request, { numbers: 0 }, work + most * rowBytes);
  try {
    for (const chunk of chunks.all()) {
      const rows = chunks.load(chunk, { fills: () => [] });
      for (let row = 0; row < rows.outer; row += most) {
        chooseOf(rows, row, Math.min(most, rows.outer - row), rows.extra + work, call, chosen);
      }
    }
  } finally {
    memory.release();
  }
  return chosen;
}

/** Of `count` rows of a chunk, from `row` on, through memory at `at`. */
function chooseOf(
  rows: Rows,
  row: number,
  count: number,
  at: number,
  call: TopKCall,
  { values, indices }: Chosen,
): void {
  const { memory, request, double, length, extra } = rows;
  const { k, sorted } = call;
  const width = double ? 8 : 4;
  const size = count * k;
  const indicesAt = at + size * width;
  const x = rows.x + row * length * width;
  kernelFor(memory, "topK", double)(x, at, indicesAt, count, length, k, sorted ? 1 : 0, extra);
  if (request.dtype === "float16") memory.kernels.narrowF16(at, at, size);
  const view = memory.view(request.dtype);
  const first = at / view.BYTES_PER_ELEMENT;
  const start = (rows.first + row) * k;
  values.set(view.subarray(first, first + size), start);
  indices.set(new Int32Array(view.buffer, indicesAt, size), start);
}
