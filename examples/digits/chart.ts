import type { Axis, Mark, Scale, Spec } from "vega";
import { COLOURS, FRAME, GRID, TEMPERATURE_AXIS, TITLE, toSvg } from "../style.js";
import { count, percent } from "../table.js";
import type { Figures, Result } from "./run.js";

const SERIES = ["accuracy", "confidence"] as const;
const SHAPES = ["circle", "square"];

const PLACE = { x: { scale: "x", field: "temperature" }, y: { scale: "y", field: "share" } } as const;
const COLOUR = { scale: "colour", field: "series" } as const;
const TEXT = { fill: COLOUR, fontSize: { value: 13 }, baseline: { value: "middle" } } as const;

const SCALES: Scale[] = [
  { name: "x", type: "log", domain: [0.06, 160], range: "width" },
  { name: "y", type: "linear", domain: [0, 1], range: "height" },
  { name: "colour", type: "ordinal", domain: [...SERIES], range: COLOURS },
  { name: "shape", type: "ordinal", domain: [...SERIES], range: SHAPES },
];

const Y_AXIS: Axis = {
  scale: "y",
  orient: "left",
  title: "accuracy, mean confidence",
  titlePadding: 10,
  format: ".0%",
  tickCount: 5,
  grid: true,
  gridColor: GRID,
  domain: false,
};

const MARKS: Mark[] = [
  {
    type: "group",
    from: { facet: { name: "line", data: "points", groupby: "series" } },
    marks: [
      {
        type: "line",
        from: { data: "line" },
        encode: { enter: { ...PLACE, stroke: COLOUR, strokeWidth: { value: 2 } } },
      },
    ],
  },
  {
    type: "symbol",
    from: { data: "points" },
    encode: { enter: { ...PLACE, fill: COLOUR, shape: { scale: "shape", field: "series" }, size: { value: 60 } } },
  },
  {
    type: "text",
    from: { data: "points" },
    encode: {
      enter: {
        ...PLACE,
        ...TEXT,
        text: { field: "label" },
        align: { value: "center" },
        dx: { signal: "datum.above ? 14 : -16" },
        dy: { signal: "datum.above ? -14 : 16" },
      },
    },
  },
  {
    type: "text",
    from: { data: "last" },
    encode: {
      enter: { ...PLACE, ...TEXT, text: { field: "series" }, dx: { value: 14 }, fontWeight: { value: "bold" } },
    },
  },
];

interface Point {
  temperature: number;
  series: (typeof SERIES)[number];
  share: number;
  label: string;
  /** The higher of the two series has its label above and to the right, the other below and to the left. */
  above: boolean;
}

/** Accuracy and mean confidence of attention over temperature, as the text of an SVG file. */
export function drawChart(figures: Figures): Promise<string> {
  return toSvg(toSpec(figures));
}

function toPoints(result: Result): Point[] {
  return SERIES.map((series) => ({
    temperature: result.temperature,
    series,
    share: result[series],
    label: percent(result[series]),
    above: result[series] === Math.max(result.accuracy, result.confidence),
  }));
}

function toSpec({ attention, linear, testCount, trainingCount }: Figures): Spec {
  const images = `${count(testCount)} test images, ${count(trainingCount)} training images`;
  return {
    ...FRAME,
    width: 600,
    height: 340,
    padding: { left: 88, right: 104, top: 96, bottom: 64 },
    title: {
      ...TITLE,
      text: "Handwritten digits by attention: accuracy and confidence over temperature",
      subtitle: `${images}; the linear way gets ${percent(linear.accuracy)} right`,
    },
    data: [
      { name: "points", values: attention.flatMap(toPoints) },
      { name: "last", values: attention.slice(-1).flatMap(toPoints) },
    ],
    scales: SCALES,
    axes: [{ ...TEMPERATURE_AXIS, values: attention.map(({ temperature }) => temperature) }, Y_AXIS],
    marks: MARKS,
  };
}
