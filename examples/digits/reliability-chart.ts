import type { Axis, GroupMark, Mark, Scale, Spec } from "vega";
import { BAR, COLOURS, DOT, FRAME, GRID, LABEL, mark, TITLE, toSvg } from "../style.js";
import { count, percent } from "../table.js";
import type { Calibration, Learned } from "./learn.js";

/** Of one panel, and from its left edge to the next one's. */
const SIZE = 300;
const STEP = 376;

const [ACCURACY, CONFIDENCE] = COLOURS;

const SCALES: Scale[] = [
  { name: "x", type: "linear", domain: [0, 1], range: [0, SIZE] },
  { name: "y", type: "linear", domain: [0, 1], range: [SIZE, 0] },
];

const AXIS = { titlePadding: 10, format: ".0%", tickCount: 5 };
const X_AXIS: Axis = { ...AXIS, scale: "x", orient: "bottom", title: "confidence" };
const Y_AXIS: Axis = {
  ...AXIS,
  scale: "y",
  orient: "left",
  grid: true,
  gridColor: GRID,
  gridScale: "x",
  domain: false,
};

const DIAGONAL: Mark = {
  type: "rule",
  encode: {
    enter: {
      x: { scale: "x", value: 0 },
      y: { scale: "y", value: 0 },
      x2: { scale: "x", value: 1 },
      y2: { scale: "y", value: 1 },
      stroke: { value: "#555555" },
      strokeWidth: { value: 1.5 },
      strokeDash: { value: [5, 4] },
    },
  },
};

/** Accuracy against confidence of the test images, before and after calibration, as the text of an SVG file. */
export function drawReliability(learned: Learned): Promise<string> {
  return toSvg(toSpec(learned));
}

function toSpec({ before, after, calibrationCount, testCount, trainingCount }: Learned): Spec {
  const images = `${count(testCount)} test images, ${count(trainingCount)} training images`;
  return {
    ...FRAME,
    width: STEP + SIZE,
    height: SIZE,
    padding: { left: 88, right: 40, top: 168, bottom: 64 },
    title: {
      ...TITLE,
      text: "Handwritten digits by softmax regression: accuracy against confidence",
      subtitle: [
        `${images}, temperature fitted on ${count(calibrationCount)} others`,
        "Bars: the share right of a bin's images, whose number stands at the bottom. Dots: at their mean confidence.",
        "On the dashed line confidence is accuracy.",
      ],
    },
    data: [
      { name: "before", values: filled(before) },
      { name: "after", values: filled(after) },
    ],
    scales: SCALES,
    marks: [
      panel("before", `Before: expected calibration error ${percent(before.error)}`, before, 0),
      panel("after", `After: expected calibration error ${percent(after.error)}`, after, STEP),
    ],
  };
}

function filled({ bins }: Calibration): object[] {
  return bins.filter((bin) => bin.count > 0).map((bin) => ({ ...bin, label: count(bin.count) }));
}

function panel(data: string, text: string, { temperature }: Calibration, left: number): GroupMark {
  const subtitle = `temperature ${temperature === 1 ? "1" : temperature.toFixed(3)}`;
  return {
    type: "group",
    title: { ...TITLE, text, subtitle, fontSize: 14, frame: "group", offset: 12 },
    encode: { enter: { x: { value: left }, width: { value: SIZE }, height: { value: SIZE } } },
    axes: [X_AXIS, left === 0 ? { ...Y_AXIS, title: "accuracy" } : Y_AXIS],
    marks: [bars(data), DIAGONAL, dots(data), labels(data)],
  };
}

function bars(data: string): Mark {
  return mark("rect", data, {
    ...BAR,
    x: { scale: "x", field: "lower", offset: 1 },
    x2: { scale: "x", field: "upper", offset: -1 },
    y: { scale: "y", field: "accuracy" },
    fill: { value: ACCURACY },
  });
}

function dots(data: string): Mark {
  const [x, y] = [
    { scale: "x", field: "confidence" },
    { scale: "y", field: "accuracy" },
  ];
  return mark("symbol", data, { ...DOT, x, y, fill: { value: CONFIDENCE } });
}

function labels(data: string): Mark {
  const x = { signal: "scale('x', (datum.lower + datum.upper) / 2)" };
  return mark("text", data, { ...LABEL, x, y: { scale: "y", value: 0, offset: -10 }, text: { field: "label" } });
}
