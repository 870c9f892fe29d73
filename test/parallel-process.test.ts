// Programs of their own, over the built package: what a pool does to the life of a process.

import { spawn } from "node:child_process";
import { describe, expect, it } from "vitest";

const ENTRY = new URL("../dist/parallel.js", import.meta.url).href;

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a module with `createPool` in it to its end; one that does not end by itself is killed, and has no code. */
function run(code: string, flags: readonly string[] = []): Promise<Ended> {
  const program = `
    import { createPool } from ${JSON.stringify(ENTRY)};
    const shape = [4096, 1000];
    const x = new Float32Array(4096 * 1000);
    ${code}`;
  const child = spawn(process.execPath, [...flags, "--input-type=module", "--eval", program], { timeout: 20_000 });
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      said[name] += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, ...said }));
  });
}

const fine = (stdout: string): Ended => ({ code: 0, stdout, stderr: "" });

describe("a pool that is not closed does not keep Node alive", () => {
  it.each([
    ["before it has started", "createPool({ threads: 2 });"],
    ["once it is ready", "await createPool({ threads: 2 }).ready();"],
    ["after a call", "await createPool({ threads: 2 }).softmax(x, { shape });"],
    [
      "after calls on its arrays",
      `const pool = createPool({ threads: 2 });
       const [a, b] = [1, 2].map(() => pool.allocate("float32", shape));
       for (let i = 0; i < 3; i++) await pool.softmax(a, { out: b });
       await pool.softmax(x);`,
    ],
    [
      "after a call that was aborted, and one that failed",
      `const pool = createPool({ threads: 2 });
       const controller = new AbortController();
       const onProgress = () => controller.abort();
       await pool.softmax(x, { shape, signal: controller.signal, onProgress }).catch(() => {});
       await pool.softmax(x, { shape: [3] }).catch(() => {});`,
    ],
    ["after a small call", "await createPool({ threads: 2 }).softmax([1, 2]);"],
    [
      "of which there are several",
      "for (let i = 0; i < 4; i++) await createPool({ threads: 1 }).softmax(x, { shape });",
    ],
  ])("%s", async (_, code) => {
    expect(await run(`${code} console.log("end");`)).toEqual(fine("end\n"));
  });
});

describe("calls under way keep Node alive", () => {
  it.each([
    ["awaited at the top", "console.log((await createPool({ threads: 2 }).softmax(x, { shape })).length);"],
    ["not awaited", "createPool({ threads: 2 }).softmax(x, { shape }).then((y) => console.log(y.length));"],
    [
      "not awaited, of a pool that has started",
      `const pool = createPool({ threads: 2 });
       await pool.ready();
       pool.softmax(x, { shape }).then((y) => console.log(y.length));`,
    ],
    [
      "one after the other, and beside one another",
      `const pool = createPool({ threads: 3 });
       pool.softmax(x, { shape }).then(async (y) => {
         const [z] = await Promise.all([1, 2, 3].map(() => pool.logSoftmax(y, { shape })));
         console.log((await pool.softmax(z, { shape })).length);
       });`,
    ],
    ["one long row", "createPool({ threads: 2 }).softmax(x).then((y) => console.log(y.length));"],
  ])("%s", async (_, code) => {
    expect(await run(code)).toEqual(fine("4096000\n"));
  });

  it("and waiting for the threads to start does", async () => {
    expect(await run('createPool({ threads: 2 }).ready().then(() => console.log("ready"));')).toEqual(fine("ready\n"));
  });
});

describe("close", () => {
  it.each([
    ["once ready", "const pool = createPool({ threads: 2 }); await pool.ready(); await pool.close();"],
    ["with calls under way", "const pool = createPool({ threads: 2 }); pool.softmax(x, { shape }).catch(() => {}); await pool.close();"], // biome-ignore format: a case a line
    ["before the start", "await createPool({ threads: 2 }).close();"],
    ["not awaited", "createPool({ threads: 2 }).close();"],
    ["beside ready()", "const pool = createPool({ threads: 2 }); const ready = pool.ready(); await pool.close(); await ready;"], // biome-ignore format: a case a line
  ])("%s lets Node end", async (_, code) => {
    expect(await run(`${code} console.log("end");`)).toEqual(fine("end\n"));
  });

  it("process.exit with calls under way ends at once", async () => {
    const code = "createPool({ threads: 2 }).softmax(x, { shape }); setTimeout(() => process.exit(0), 5);";
    expect(await run(code)).toEqual(fine(""));
  });
});

it("a thread of the caller's may have a pool of its own", async () => {
  const inner = `
    const { createPool } = await import(${JSON.stringify(ENTRY)});
    const y = await createPool({ threads: 2 }).softmax(new Float32Array(2 ** 20).fill(1), { shape: [2 ** 10, 2 ** 10] });
    process.getBuiltinModule("node:worker_threads").parentPort.postMessage(y.every((value) => value === 2 ** -10));`;
  const code = `
    const { Worker } = await import("node:worker_threads");
    const worker = new Worker(${JSON.stringify(`(async () => {${inner}})();`)}, { eval: true });
    worker.on("message", (right) => console.log(right));
    worker.on("exit", (code) => console.log("exit", code));`;
  expect(await run(code)).toEqual(fine("true\nexit 0\n"));
});

it("where Node may start no threads, the calling thread serves", async () => {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const isStable = major > 23 || (major === 23 && minor >= 5) || (major === 22 && minor >= 13);
  const flags = [isStable ? "--permission" : "--experimental-permission", "--allow-fs-read=*", "--no-warnings"];
  const code = `
    const pool = createPool({ threads: 2 });
    console.log((await pool.softmax(x, { shape })).length, pool.backend().threads, pool.backend().memory);`;
  expect(await run(code, flags)).toEqual(fine("4096000 0 none\n"));
});

it("an error that nobody caught is Node's to report, and ends it", async () => {
  const { code, stderr } = await run("createPool({ threads: 2 }).softmax(x, { shape: [3] });");
  expect(code).toBe(1);
  expect(stderr).toMatch(/RangeError: shape: \[3\] holds 3 elements, x has 4096000/);
});

it("threads do not run what Node was started with", async () => {
  const { code, stdout, stderr } = await run(`
    process.env.NODE_OPTIONS = "--require ./nothing-that-exists.cjs";
    process.execArgv.push("--no-such-flag");
    console.log((await createPool({ threads: 2 }).softmax(x, { shape })).length);`);
  expect({ code, stdout, stderr }).toEqual(fine("4096000\n"));
});
