import { describe, it } from "vitest";
import { IMPLEMENTATIONS } from "./support/implementations.js";
import { expectError } from "./support/misuse.js";

/** [what is wrong, x, options, the error's class, its message] */
type Case = readonly [name: string, x: unknown, options: unknown, kind: ErrorConstructor, message: RegExp];

const X = new Float32Array([1, 2, 3, 4, 5, 6]);
const shape = [2, 3];

const shared = new Float32Array(20);
const sharedX = shared.subarray(0, 6);
const rows = [
  [1, 2],
  [3, 4],
];
const [first, second] = rows as [number[], number[]];
const ones = [1, 1];
const tensor = { data: X, shape };

const OUTPUTS: readonly Case[] = [
  ["null", X, { out: null }, TypeError, /^out: expected Float32Array as x is, got null$/],
  ["a plain array", X, { out: [0, 0, 0, 0, 0, 0] }, TypeError, /^out: expected Float32Array as x is, got an array/],
  ["of another dtype", X, { out: new Float64Array(6) }, TypeError, /^out: expected Float32Array .* Float64Array\(6\)$/],
  [
    "of integers",
    X,
    { out: new Int32Array(6) },
    TypeError,
    /^out: expected Float32Array as x is, got Int32Array\(6\)$/,
  ],
  ["a tensor for an array", X, { out: tensor }, TypeError, /^out: expected Float32Array as x is, got an object$/],
  ["too long", X, { out: new Float32Array(7) }, RangeError, /^out: expected length 6 as x has, got 7$/],
  ["too short", X, { out: new Float32Array(0) }, RangeError, /^out: expected length 6 as x has, got 0$/],
  ["a buffer", X, { out: X.buffer }, TypeError, /^out: expected Float32Array as x is, got an object$/],
  [
    "shifted by one",
    sharedX,
    { out: shared.subarray(1, 7) },
    RangeError,
    /^out: expected x itself or memory apart from x/,
  ],
  ["over the last", sharedX, { out: shared.subarray(5, 11) }, RangeError, /^out: expected x itself .* overlaps it$/],
  [
    "over the mask",
    X,
    { out: sharedX, where: new Uint8Array(shared.buffer, 23, 6).fill(1) },
    RangeError,
    /^out: expected memory apart from where, got memory that overlaps it$/,
  ],
  [
    "over the mask's data",
    X,
    { out: sharedX, shape, where: { data: new Uint8Array(shared.buffer, 0, 3).fill(1), shape: [3] } },
    RangeError,
    /^out: expected memory apart from where/,
  ],
  [
    "typed for nested",
    rows,
    { out: new Float64Array(4) },
    TypeError,
    /^out: expected nested arrays as x is, got Float64/,
  ],
  ["flat for nested", rows, { out: [0, 0, 0, 0] }, RangeError, /^out: expected shape \[2, 2\] as x has, got \[4\]$/],
  ["nested for flat", [1, 2], { out: [[0, 0]] }, RangeError, /^out: expected shape \[2\] as x has, got \[1, 2\]$/],
  ["flat and too short", [1, 2], { out: [0] }, RangeError, /^out: expected shape \[2\] as x has, got \[1\]$/],
  ["ragged", rows, { out: [[0, 0], [0]] }, RangeError, /^out\[1\]: expected an array of length 2 .* ragged$/],
  [
    "with x's rows, swapped",
    rows,
    { out: [second, first] },
    RangeError,
    /^out: expected x itself or memory apart from x/,
  ],
  ["with a row of x", rows, { out: [[0, 0], second] }, RangeError, /^out: expected x itself or memory apart from x/],
  ["one row twice", rows, { out: new Array(2).fill([0, 0]) }, RangeError, /^out: expected each row once/],
  ["the mask", [1, 2], { out: ones, where: ones }, RangeError, /^out: expected memory apart from where/],
  ["a row of the mask", rows, { out: [[0, 0], ones], where: [[0, 1], ones] }, RangeError, /^out: .* apart from where/],
  ["frozen", rows, { out: [[0, 0], Object.freeze([0, 0])] }, TypeError, /^out: expected arrays that can be written/],
  [
    "an array for a tensor",
    tensor,
    { out: new Float32Array(6) },
    TypeError,
    /^out: expected a tensor as x is, got Float/,
  ],
  [
    "nested for a tensor",
    tensor,
    { out: rows },
    TypeError,
    /^out: expected a tensor as x is, got an array of length 2$/,
  ],
  ["a string for a tensor", tensor, { out: "out" }, TypeError, /^out: expected a tensor as x is, got "out"$/],
  ["no tensor", tensor, { out: { shape } }, TypeError, /^out: expected .* or a tensor .* got an object$/],
  [
    "a tensor of another dtype",
    tensor,
    { out: { data: new Float64Array(6), shape } },
    TypeError,
    /^out\.data: expected Float32Array as x is, got Float64Array\(6\)$/,
  ],
  [
    "a tensor of plain numbers",
    tensor,
    { out: { data: [0, 0, 0, 0, 0, 0], shape } },
    TypeError,
    /^out\.data: expected Float32Array as x is, got /,
  ],
  [
    "a tensor of another shape",
    tensor,
    { out: { data: new Float32Array(6), shape: [3, 2] } },
    RangeError,
    /^out: expected shape \[2, 3\] as x has, got \[3, 2\]$/,
  ],
];

describe.each(IMPLEMENTATIONS)("$name", ({ softmax }) => {
  it.each(OUTPUTS)("out: %s", (_, x, options, kind, message) => {
    expectError(softmax, x, options, kind, message);
  });
});
