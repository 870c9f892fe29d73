import { describe, it } from "vitest";
import { family, judgeOptions } from "../support/family.js";
import { DTYPES } from "../support/floats.js";
import { SAMPLING } from "../support/sampling-calls.js";
import { combinedOptions, singleOptions, VOCABULARIES, vocabularyLogits } from "../support/sampling-cases.js";

const [kernels] = SAMPLING;
const judge = family(60_000);

describe.each(DTYPES)("draws follow the exact distribution, %s", (dtype) => {
  it.each(VOCABULARIES)("each option alone, and combined, %i classes", (columns) => {
    const x = vocabularyLogits(dtype, columns);
    const combined = combinedOptions(columns).filter((_, i) => columns <= 1000 || i % 9 === 1);
    for (const options of [...singleOptions(columns), ...combined]) {
      judgeOptions(judge, kernels, x, dtype, options, columns <= 1000 ? 5000 : 20_000);
    }
  });
});
