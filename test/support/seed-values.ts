import type { SoftmaxOptions } from "../../src/types.js";

/** Worked numbers as textbooks and articles on softmax print them; `atol` is half a unit of the last digit given. */
export interface Worked {
  readonly name: string;
  readonly z: readonly number[] | readonly (readonly number[])[];
  readonly options?: SoftmaxOptions<never>;
  readonly expected: readonly number[] | readonly (readonly number[])[];
  readonly atol: number;
}

export const WORKED: readonly Worked[] = [
  {
    name: "seven values",
    z: [1, 2, 3, 4, 1, 2, 3],
    expected: [0.023640543, 0.0642616585, 0.1746812986, 0.4748329997, 0.023640543, 0.0642616585, 0.1746812986],
    atol: 1e-9,
  },
  {
    name: "seven values scaled by 0.1",
    z: [0.1, 0.2, 0.3, 0.4, 0.1, 0.2, 0.3],
    expected: [0.125, 0.138, 0.153, 0.169, 0.125, 0.138, 0.153],
    atol: 5e-4,
  },
  { name: "one, two, three", z: [1, 2, 3], expected: [0.09003057, 0.24472847, 0.66524096], atol: 1e-8 },
  {
    name: "attenuated tenfold",
    z: [1, 2, 3],
    options: { temperature: 10 },
    expected: [0.30060961, 0.33222499, 0.3671654],
    atol: 1e-8,
  },
  {
    name: "amplified tenfold",
    z: [1, 2, 3],
    options: { temperature: 0.1 },
    expected: [2.06106005e-9, 4.53978686e-5, 0.9999546],
    atol: 1e-8,
  },
  { name: "order kept", z: [2, 1, 3, 5, 4], expected: [0.0317, 0.0117, 0.0861, 0.6364, 0.2341], atol: 5e-5 },
  {
    name: "order kept, shifted by 10",
    z: [12, 11, 13, 15, 14],
    expected: [0.0317, 0.0117, 0.0861, 0.6364, 0.2341],
    atol: 5e-5,
  },
  { name: "huge logits", z: [1000, 2000, 3000, 4000, 5000], expected: [0, 0, 0, 0, 1], atol: 0 },
  { name: "one, two, eight", z: [1, 2, 8], expected: [0.001, 0.002, 0.997], atol: 5e-4 },
  {
    name: "batch of two, taken whole",
    z: [
      [1, 2],
      [3, 4],
    ],
    options: { axis: null },
    expected: [
      [0.0320586, 0.08714432],
      [0.23688282, 0.64391426],
    ],
    atol: 1e-8,
  },
  { name: "beta 500", z: [0.95, 0.99, 0.98], options: { beta: 500 }, expected: [0, 0.9933, 0.0067], atol: 5e-5 },
  { name: "beta 1", z: [0.95, 0.99, 0.98], options: { beta: 1 }, expected: [0.3256, 0.3389, 0.3355], atol: 5e-5 },
  {
    name: "random batch",
    z: [
      [-0.1674, -0.2757, -0.4164, -0.748, 1.797],
      [1.331, -0.9053, 0.3516, 1.0953, -0.3567],
    ],
    expected: [
      [0.0965, 0.0866, 0.0752, 0.054, 0.6878],
      [0.4069, 0.0435, 0.1528, 0.3215, 0.0753],
    ],
    atol: 1e-4,
  },
  { name: "T to 0, one maximum", z: [1, 2, 3], options: { temperature: 0 }, expected: [0, 0, 1], atol: 0 },
  { name: "T to 0, tied maxima", z: [1, 3, 3], options: { temperature: 0 }, expected: [0, 0.5, 0.5], atol: 0 },
  {
    name: "T to infinity",
    z: [1, 3, 3],
    options: { temperature: Infinity },
    expected: [0.3333333333, 0.3333333333, 0.3333333333],
    atol: 1e-9,
  },
  { name: "beta to minus infinity", z: [1, 3, 1], options: { beta: -Infinity }, expected: [0.5, 0, 0.5], atol: 0 },
];

/** softmax's Jacobians of the rows of the random batch. */
export const WORKED_JACOBIANS: readonly { readonly z: readonly number[]; readonly expected: readonly number[][] }[] = [
  {
    z: [-0.1674, -0.2757, -0.4164, -0.748, 1.797],
    expected: [
      [0.0872, -0.0083, -0.0073, -0.0052, -0.0663],
      [-0.0083, 0.0791, -0.0065, -0.0047, -0.0595],
      [-0.0073, -0.0065, 0.0695, -0.0041, -0.0517],
      [-0.0052, -0.0047, -0.0041, 0.0511, -0.0371],
      [-0.0663, -0.0595, -0.0517, -0.0371, 0.2147],
    ],
  },
  {
    z: [1.331, -0.9053, 0.3516, 1.0953, -0.3567],
    expected: [
      [0.2413, -0.0177, -0.0622, -0.1308, -0.0306],
      [-0.0177, 0.0416, -0.0066, -0.014, -0.0033],
      [-0.0622, -0.0066, 0.1295, -0.0491, -0.0115],
      [-0.1308, -0.014, -0.0491, 0.2181, -0.0242],
      [-0.0306, -0.0033, -0.0115, -0.0242, 0.0696],
    ],
  },
];

/** To the digits that they are given in, and as many as the logits allow. */
export const WORKED_JACOBIAN_ATOL = 1e-4;
