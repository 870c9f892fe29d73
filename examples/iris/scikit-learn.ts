/**
 * What scikit-learn 1.2.1 makes of the iris data: LogisticRegression(multi_class="multinomial", solver="newton-cg", C=1,
 * max_iter=10000, tol=1e-9).fit(X, y), with Python 3.11, NumPy 1.24.2 and SciPy 1.10.1 on Debian 12. No entry of the
 * gradient of its summed loss is larger than 1.5e-9 there.
 */
export const SCIKIT_LEARN = {
  coef: [
    [-0.4235099200066846, 0.9673505795651716, -2.5171523782095693, -1.079336647105116],
    [0.5344615089526645, -0.32158785519827604, -0.20639207102563345, -0.9442984660365903],
    [-0.11095158894605452, -0.6457627243669007, 2.723544449235181, 2.023635113141689],
  ],
  intercept: [9.849568050459212, 2.237205632205556, -12.08677368266462],
  /** By the index of the sample: a typical setosa, and those nearest to a border. */
  probabilities: [
    { index: 0, expected: [0.9815834948777372, 0.01841649062359553, 1.4498667355788389e-8] },
    { index: 70, expected: [0.0023098314188285166, 0.44008098411284047, 0.557609184468331] },
    { index: 77, expected: [0.0005789963600294951, 0.48113033836972735, 0.5182906652702431] },
    { index: 106, expected: [0.00577932664401454, 0.5136925656497745, 0.48052810770621096] },
  ],
  score: 146 / 150,
} as const;
