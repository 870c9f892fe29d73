// What scripts/mutations.ts has to know of the files that it changes.

/** The tests that notice a change of a file: those that are quick to notice most of them first. */
export const TESTS: Readonly<Record<string, readonly string[]>> = {
  "assembly/crossentropy.ts": ["crossentropy", "crossentropy-rows"],
  "assembly/exp.ts": ["softmax", "contract", "sigmoid", "logsumexp"],
  "assembly/float16.ts": ["float16-conversion"],
  "assembly/jacobian.ts": ["jacobian", "hessian", "abi-derivatives"],
  "assembly/log.ts": ["logsumexp", "entropy"],
  "assembly/logsoftmax.ts": ["logsoftmax"],
  "assembly/logsumexp.ts": ["logsumexp"],
  "assembly/normalizer.ts": ["logsumexp", "logsoftmax", "crossentropy-rows"],
  "assembly/rows.ts": ["abi", "abi-rows", "softmax", "logsoftmax", "vjp"],
  "assembly/sigmoid.ts": ["sigmoid"],
  "assembly/softmax.ts": ["softmax", "contract", "abi"],
  "assembly/state.ts": ["softmax", "abi", "contract", "logsoftmax"],
  "assembly/turn.ts": ["abi-derivatives", "axes"],
  "assembly/vjp.ts": ["vjp"],
  "src/check.ts": [
    "kinds",
    "kinds-ops",
    "errors",
    "errors-ops",
    "errors-ops-out",
    "axes",
    "float16-kinds",
    "callbacks-ops",
  ],
  "src/check/arrays.ts": ["errors-data", "errors-out", "kinds", "float16-kinds", "kinds-ops", "misuse", "errors-ops"],
  "src/check/input.ts": [
    "errors-data",
    "kinds",
    "errors-ops",
    "errors-float16",
    "errors-loss",
    "kinds-loss",
    "float16-kinds",
  ],
  "src/check/loss.ts": ["errors-loss", "kinds-loss", "crossentropy", "logprob"],
  "src/check/nested.ts": ["kinds", "errors-data", "errors"],
  "src/check/options.ts": ["errors", "errors-ops", "errors-loss", "contract"],
  "src/check/output.ts": ["errors-out", "kinds", "errors-ops-out", "errors-ops", "handles-errors", "handles-ops"],
  "src/check/shape.ts": ["axes", "errors", "kinds-ops", "kinds"],
  "src/check/signatures.ts": ["errors-ops", "errors-loss"],
  "src/check/tensor.ts": ["errors-data", "kinds", "errors-float16", "handles-errors"],
  "src/check/where.ts": ["errors", "axes", "kinds", "kinds-ops", "misuse"],
};

/** Changes that alter no result: all in the lines of a file that have the text. */
export const EQUIVALENT: readonly { readonly file: string; readonly text: string; readonly why: string }[] = [
  { file: "assembly/exp.ts", text: "DEGREE_F32: i32", why: "coefficients beyond the table go where nothing reads" },
  { file: "assembly/exp.ts", text: "DEGREE_F64: i32", why: "coefficients beyond the table go where nothing reads" },
  { file: "assembly/exp.ts", text: " times these ", why: "the bound is rounded down to what is easily remembered" },
  { file: "assembly/exp.ts", text: "REACH: i32", why: "beta can be taken either way far around the border" },
  { file: "assembly/softmax.ts", text: "NARROW: i32", why: "both ways add in the same order, to the same bits" },
  { file: "assembly/float16.ts", text: "0x7fffffff, //", why: "it is NaN, which no factor changes" },
  { file: "assembly/float16.ts", text: "0x80000000, //", why: "it is -0, which no factor changes" },
  { file: "assembly/float16.ts", text: "0x7f800000, //", why: "it is Infinity, which no factor changes" },
  {
    file: "src/check/output.ts",
    text: "same && outAt !== undefined && at !== undefined",
    why: "spares a check: values of one length within one allocated array are the same",
  },
];
