// The program of a thread: makes the kernel calls that messages ask for. The build turns it into text.

import type { Call, Job, Reply, Setup } from "./protocol.js";

type Kernel = (...args: readonly number[]) => void;

const PAGE_BYTES = 65_536;

const port = globalThis.process?.getBuiltinModule?.("node:worker_threads").parentPort;
let kernels: Readonly<Record<string, Kernel>> = {};
let memory: WebAssembly.Memory;

function setUp({ module, memory: given }: Setup): Reply {
  memory = (given as WebAssembly.Memory) ?? new WebAssembly.Memory({ initial: 17, maximum: 65_536, shared: true });
  const instance = new WebAssembly.Instance(module as WebAssembly.Module, { env: { memory } });
  kernels = instance.exports as Record<string, Kernel>;
  return { id: undefined };
}

function work({ id, calls, turns, buffer, from }: Job): Reply {
  try {
    if (buffer === undefined) {
      if (turns === undefined) run(calls);
      else runByTurns(calls, turns);
    } else {
      const missing = Math.ceil((buffer.byteLength - memory.buffer.byteLength) / PAGE_BYTES);
      if (missing > 0) memory.grow(missing);
      const area = new Uint8Array(memory.buffer, from, buffer.byteLength - from);
      const bytes = new Uint8Array(buffer, from);
      area.set(bytes);
      run(calls);
      bytes.set(area);
    }
    return { id, buffer };
  } catch (error) {
    return { id, error };
  }
}

function run(calls: Job["calls"]): void {
  for (const call of calls) make(call);
}

function runByTurns(calls: Job["calls"], turns: number): void {
  const next = new Int32Array(memory.buffer, turns, 1);
  for (let turn = Atomics.add(next, 0, 1); turn < calls.length; turn = Atomics.add(next, 0, 1)) {
    make(calls[turn] as Call);
  }
}

function make([name, ...args]: Call): void {
  (kernels[name] as Kernel)(...args);
}

function receive(message: Setup | Job): void {
  const reply = "calls" in message ? work(message) : setUp(message);
  const moved = "buffer" in reply && reply.buffer !== undefined ? [reply.buffer] : [];
  if (port) port.postMessage(reply, moved);
  else postMessage(reply, { transfer: moved });
}

if (port) port.on("message", receive);
else addEventListener("message", ({ data }) => receive(data));
