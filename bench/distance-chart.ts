// Errors over the distance to the maximum, as lines on logarithmic scales: softmax to the left, log-softmax to the right.

import { type Mark, parse, type Spec, View } from "vega";
import type { DistanceTask } from "./distances.js";
import { describeMachine, type Machine } from "./machine.js";

/** The largest relative errors of one contender, bin after bin of |x - max| from 0 on. */
export interface Line {
  readonly contender: string;
  readonly op: DistanceTask["op"];
  readonly errors: readonly number[];
}

export interface DistanceReport extends Machine {
  /** What repeats it. */
  readonly command: string;
  readonly runtime: string;
  readonly seed: number;
  /** Logits are within plus and minus this. */
  readonly largest: number;
  /** The width of a bin. */
  readonly bin: number;
  readonly lines: readonly Line[];
}

const WIDTH = 470;
const HEIGHT = 330;

/** The bound that the package states, for both. */
const BOUND = 6e-7;

interface Panel {
  readonly op: Line["op"];
  readonly title: string;
  readonly x: string;
  readonly domain: readonly [number, number];
}

const PANELS: readonly Panel[] = [
  {
    op: "softmax",
    title: "softmax: a probability's largest relative error",
    x: "|x − max|, the distance of its logit to the row's largest",
    domain: [2e-8, 2e-5],
  },
  {
    op: "logSoftmax",
    title: "log-softmax of two classes: that of the larger log-probability",
    x: "the distance of the other logit",
    domain: [2e-8, 3],
  },
];

/** Told apart by colour (Okabe and Ito's), by width and by dashes, since lines lie on each other. */
const STYLES = [
  { colour: "#0072b2", width: 3, dash: [] },
  { colour: "#56b4e9", width: 2, dash: [] },
  { colour: "#e69f00", width: 5, dash: [] },
  { colour: "#009e73", width: 3.5, dash: [] },
  { colour: "#cc79a7", width: 2, dash: [] },
  { colour: "#000000", width: 1.5, dash: [2, 5] },
  { colour: "#d55e00", width: 2, dash: [8, 4] },
];

export interface Point {
  readonly op: Line["op"];
  readonly contender: string;
  /** The middle of its bin. */
  readonly distance: number;
  readonly error: number;
}

export function points({ lines, bin }: DistanceReport): Point[] {
  return lines.flatMap(({ op, contender, errors }) =>
    errors.map((error, i) => ({ op, contender, distance: (i + 0.5) * bin, error })),
  );
}

/** The text of an SVG file. */
export function drawDistances(report: DistanceReport): Promise<string> {
  return new View(parse(toSpec(report)), { renderer: "none" }).toSVG();
}

function toSpec(report: DistanceReport): Spec {
  const contenders = [...new Set(report.lines.map(({ contender }) => contender))];
  const styles = contenders.map((_, i) => STYLES[i % STYLES.length]!);
  const { "softmax-simd": version, assemblyscript: _a, tinybench: _t, ...rivals } = report.versions;
  const others = Object.entries(rivals).map(([name, number]) => `${name} ${number}`);
  return {
    padding: 16,
    background: "white",
    config: { style: { "guide-label": { fontSize: 12 }, "guide-title": { fontSize: 13, fontWeight: "normal" } } },
    title: {
      text: `Errors over the distance to the maximum, float32, logits within ±${report.largest}`,
      subtitle: [
        `softmax-simd ${version}; ${others.join(", ")}`,
        `${describeMachine(report, report.runtime)}; ${report.command}`,
      ],
      anchor: "start",
      fontSize: 16,
      subtitleFontSize: 12,
      subtitlePadding: 6,
      offset: 14,
    },
    layout: { columns: 2, padding: 30 },
    scales: [
      { name: "colour", type: "ordinal", domain: contenders, range: styles.map(({ colour }) => colour) },
      { name: "width", type: "ordinal", domain: contenders, range: styles.map(({ width }) => width) },
      { name: "dash", type: "ordinal", domain: contenders, range: styles.map(({ dash }) => dash) },
    ],
    legends: [
      {
        stroke: "colour",
        strokeWidth: "width",
        strokeDash: "dash",
        orient: "bottom",
        direction: "horizontal",
        symbolType: "stroke",
        symbolSize: 900,
        columns: 4,
        columnPadding: 20,
        rowPadding: 6,
        labelLimit: 0,
      },
    ],
    marks: PANELS.map((panel) => toMark(panel, points(report), report.bin)),
  };
}

function toMark({ op, title, x, domain }: Panel, all: readonly Point[], bin: number): Mark {
  const values = all.filter((point) => point.op === op);
  const last = Math.max(bin, ...values.map(({ distance }) => distance + bin / 2));
  return {
    type: "group",
    title: { text: title, anchor: "start", fontSize: 13, frame: "group" },
    encode: { enter: { width: { value: WIDTH }, height: { value: HEIGHT } } },
    signals: [
      { name: "width", value: WIDTH },
      { name: "height", value: HEIGHT },
    ],
    data: [{ name: "points", values }],
    scales: [
      { name: "x", type: "linear", domain: [0, last], range: [0, WIDTH], nice: false },
      { name: "y", type: "log", domain: [...domain], range: [HEIGHT, 0], nice: false, clamp: true },
    ],
    axes: [
      { scale: "x", orient: "bottom", title: x, tickCount: 9, titlePadding: 8 },
      { scale: "y", orient: "left", values: powersWithin(domain), format: ".0e", grid: true, gridColor: "#e4e4e4" },
    ],
    marks: [BOUND_RULE, BOUND_LABEL, LINES],
  };
}

function powersWithin([low, high]: Panel["domain"]): number[] {
  const powers = Array.from({ length: 8 }, (_, i) => Number(`1e-${i}`));
  return powers.filter((power) => low <= power && power <= high);
}

const BOUND_RULE: Mark = {
  type: "rule",
  encode: {
    enter: {
      x: { value: 0 },
      x2: { value: WIDTH },
      y: { scale: "y", value: BOUND },
      stroke: { value: "#0072b2" },
      strokeDash: { value: [3, 3] },
    },
  },
};

const BOUND_LABEL: Mark = {
  type: "text",
  encode: {
    enter: {
      x: { value: WIDTH - 4 },
      y: { scale: "y", value: BOUND, offset: -6 },
      align: { value: "right" },
      fill: { value: "#0072b2" },
      fontSize: { value: 12 },
      text: { value: "softmax-simd's bound, 6e-7" },
    },
  },
};

const LINES: Mark = {
  type: "group",
  from: { facet: { name: "line", data: "points", groupby: "contender" } },
  marks: [
    {
      type: "line",
      from: { data: "line" },
      encode: {
        enter: {
          x: { scale: "x", field: "distance" },
          y: { scale: "y", field: "error" },
          stroke: { scale: "colour", field: "contender" },
          strokeWidth: { scale: "width", field: "contender" },
          strokeDash: { scale: "dash", field: "contender" },
          strokeCap: { value: "butt" },
        },
      },
    },
  ],
};
