// A model as plain numbers, strings and booleans, and back.

import { describe } from "../check/arrays.js";
import { flatten } from "../check/nested.js";
import { checkBoolean, checkThat } from "../check/options.js";
import { formatShape, sameShape } from "../check/shape.js";
import { type Fitted, fittedOf } from "./fitted.js";
import { checkKind, classesOf, isBig, readLabels } from "./labels.js";
import { checkSettings, isCount, type Settings } from "./settings.js";
import type { ClassLabel, SoftmaxRegressionJSON } from "./types.js";

const MODEL = "SoftmaxRegression";

export function toJSON(settings: Settings, fitted: Fitted | undefined): SoftmaxRegressionJSON {
  const { C, tol, maxIter, fitIntercept, seed } = settings;
  const given = { model: MODEL, C: C === Infinity ? null : C, tol, maxIter, fitIntercept, seed } as const;
  if (fitted === undefined) return given;
  const { kind, classes, coef, intercept, nIter, converged } = fitted;
  return {
    ...given,
    fitted: {
      labels: kind,
      classes: classes.map((label) => (typeof label === "bigint" ? String(label) : label)),
      coef,
      intercept,
      nIter,
      converged,
    },
  };
}

export function fromJSON(json: unknown): { settings: Settings; fitted: Fitted | undefined } {
  const { model, C, tol, maxIter, fitIntercept, seed, fitted } = fieldsOf(json, "json");
  if (model !== MODEL) throw new RangeError(`json.model: expected "${MODEL}", got ${describe(model)}`);
  const settings = checkSettings({ C: C === null ? Infinity : C, tol, maxIter, fitIntercept, seed });
  return { settings, fitted: fitted === undefined ? undefined : checkFitted(fieldsOf(fitted, "json.fitted")) };
}

function fieldsOf(value: unknown, name: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  const hint = typeof value === "string" ? "; JSON.parse it first" : "";
  throw new TypeError(`${name}: expected the object that toJSON gave, got ${describe(value)}${hint}`);
}

function checkFitted({ labels, classes, coef, intercept, nIter, converged }: Record<string, unknown>): Fitted {
  const kind = checkKind(labels, "json.fitted.labels");
  const names = Array.isArray(classes) && isBig(kind) ? classes.map(toBigInt) : classes;
  const { values } = readLabels(names, "json.fitted.classes");
  const sorted = classesOf(values);
  if (sorted.length < 2 || !sameLabels(values, sorted)) {
    throw new RangeError("json.fitted.classes: expected two labels or more, each once and in order");
  }
  const weights = readNumbers(coef, "json.fitted.coef");
  if (weights.shape.length !== 2 || weights.shape[0] !== values.length) {
    const got = formatShape(weights.shape);
    throw new RangeError(`json.fitted.coef: expected ${values.length} rows as there are classes, got shape ${got}`);
  }
  const biases = readNumbers(intercept, "json.fitted.intercept");
  if (!sameShape(biases.shape, [values.length])) {
    const got = formatShape(biases.shape);
    throw new RangeError(`json.fitted.intercept: expected ${values.length} numbers, one a class, got shape ${got}`);
  }
  return fittedOf({
    kind,
    classes: values,
    weights: new Float64Array(weights.values),
    biases: new Float64Array(biases.values),
    nIter: checkThat(nIter, "json.fitted.nIter", "an integer of 0 or more", isCount),
    converged: checkBoolean(converged, "json.fitted.converged", false),
  });
}

function toBigInt(text: unknown, i: number): bigint {
  if (typeof text === "string" && /^-?\d+$/.test(text)) return BigInt(text);
  throw new TypeError(`json.fitted.classes[${i}]: expected an integer as a string, got ${describe(text)}`);
}

function sameLabels(a: readonly ClassLabel[], b: readonly ClassLabel[]): boolean {
  return a.length === b.length && a.every((label, k) => label === b[k]);
}

function readNumbers(nested: unknown, name: string) {
  if (!Array.isArray(nested)) throw new TypeError(`${name}: expected arrays of numbers, got ${describe(nested)}`);
  return flatten(nested, name, (value, where) => checkThat(value, where(), "a finite number", Number.isFinite));
}
