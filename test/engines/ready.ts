// What holds where a page may not compile modules synchronously: the fallback serves until ready() has been awaited.

import { Suite } from "../conformance/suite.js";
import type { Loaders, Program } from "./program.js";

type Library = Awaited<ReturnType<Loaders["library"]>>;
/** The package's functions, or those of an instance. */
type Instance = Pick<Library, "allocate" | "backend" | "ready" | "softmax" | "verify">;

const LOGITS = Float32Array.of(1, 2, 3);
const EXPECTED = [0.09003057317038046, 0.24472847105479764, 0.6652409557748219];
const TOLERANCE = 6e-7;

const program: Program = async (load) => {
  const suite = new Suite();
  const library = await load.library();
  const { createSoftmax } = library;
  await withFallback(suite, "the package", library);
  await withFallback(suite, "an instance", createSoftmax());
  await withoutFallback(suite, "without a fallback", createSoftmax({ fallback: false }), "relaxed-simd");
  await withoutFallback(suite, "deterministic", createSoftmax({ deterministic: true }), "simd");
  await otherEntries(suite, load);
  const { checks, failures } = suite;
  return { ...library.backend(), checks, failures };
};
export default program;

async function withFallback(suite: Suite, name: string, instance: Instance): Promise<void> {
  const before = instance.backend();
  suite.check(`${name}: backend before ready()`, before.backend === "js", before, "js");
  suite.check(`${name}: reason before ready()`, /await ready\(\)/.test(before.reason), before, "to await ready()");
  checkSoftmax(suite, `${name} before ready()`, instance.softmax(LOGITS));
  const early = allocated(instance);
  checkSoftmax(suite, `${name}, an array, before ready()`, instance.softmax(early));
  await instance.ready();
  checkServed(suite, name, instance, "relaxed-simd");
  checkSoftmax(suite, `${name}, an array of before, after ready()`, instance.softmax(early));
}

async function withoutFallback(suite: Suite, name: string, instance: Instance, backend: string): Promise<void> {
  const said = thrown(() => instance.softmax(LOGITS));
  suite.check(`${name}: a call before ready()`, /await ready\(\)/.test(said), said, "an error that says to await it");
  await instance.ready();
  checkServed(suite, name, instance, backend);
}

function checkServed(suite: Suite, name: string, instance: Instance, backend: string): void {
  const after = instance.backend();
  suite.check(`${name}: backend after ready()`, after.backend === backend, after, backend);
  checkSoftmax(suite, `${name} after ready()`, instance.softmax(LOGITS));
  const array = allocated(instance);
  checkSoftmax(suite, `${name}, an array, after ready()`, instance.softmax(array, { out: array }).data);
  const { ok, ops } = instance.verify();
  suite.check(`${name}: verify() after ready()`, ok, ops, "ok");
}

/** They have no ready(): the fallback goes on serving. */
async function otherEntries(suite: Suite, load: Loaders): Promise<void> {
  const { SoftmaxRegression } = await load.learn();
  const points = [[-2], [-1], [1], [2]];
  const score = new SoftmaxRegression().fit(points, [0, 0, 1, 1]).score(points, [0, 0, 1, 1]);
  suite.check("training", score === 1, score, 1);
  const { Sampler, sample } = await load.sampling();
  const [drawn] = sample(LOGITS, { topK: 1 });
  suite.check("sampling the likeliest", drawn === 2, drawn, 2);
  const token = new Sampler(3, { topK: 1 }).next(LOGITS);
  suite.check("a sampler of the likeliest", token === 2, token, 2);
}

function allocated(instance: Instance): ReturnType<typeof instance.allocate<"float32">> {
  const array = instance.allocate("float32", [3]);
  array.set(LOGITS);
  return array;
}

function checkSoftmax(suite: Suite, name: string, got: Float32Array): void {
  const isNear = EXPECTED.every((value, i) => Math.abs(value - (got[i] ?? Number.NaN)) <= TOLERANCE);
  suite.check(name, isNear && got.length === EXPECTED.length, got, EXPECTED);
}

function thrown(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return String(error);
  }
  return "no error";
}
