import type { Axis, GroupMark, Mark, Scale, Spec } from "vega";
import { FRAME, GRID, PALETTE, TEMPERATURE_AXIS, TITLE, toSvg } from "../style.js";
import { sweep } from "./run.js";

/** Of one panel, and from its left edge to the next one's. */
const WIDTH = 340;
const HEIGHT = 260;
const STEP = 400;

/** Where a line's name stands: at which temperature, and to which side of the line there. */
interface Label {
  index: number;
  text: string;
  dx: number;
  dy: number;
}

interface Panel {
  logits: number[];
  labels: Label[];
}

const PANELS: Panel[] = [
  {
    logits: [1, 2, 3],
    labels: [
      { index: 0, text: "1", dx: 10, dy: 10 },
      { index: 1, text: "2", dx: -10, dy: -10 },
      { index: 2, text: "3", dx: 10, dy: -10 },
    ],
  },
  {
    logits: [1, 3, 3],
    labels: [
      { index: 0, text: "1", dx: 10, dy: 10 },
      { index: 1, text: "3 and 3", dx: 10, dy: -10 },
    ],
  },
];

const SCALES: Scale[] = [
  { name: "x", type: "log", domain: [0.05, 100], range: [0, WIDTH] },
  { name: "y", type: "linear", domain: [0, 1], range: [HEIGHT, 0] },
  { name: "colour", type: "ordinal", domain: [0, 1, 2], range: PALETTE },
];

const X_AXIS: Axis = { ...TEMPERATURE_AXIS, values: [0.1, 1, 10, 100] };

const Y_AXIS: Axis = {
  scale: "y",
  orient: "left",
  tickCount: 5,
  grid: true,
  gridScale: "x",
  gridColor: GRID,
  domain: false,
  titlePadding: 10,
};

const PLACE = { x: { scale: "x", field: "temperature" }, y: { scale: "y", field: "probability" } } as const;
const COLOUR = { scale: "colour", field: "index" } as const;

/** The probabilities of [1, 2, 3] and of [1, 3, 3] over the temperature, as the text of an SVG file. */
export function drawSweeps(): Promise<string> {
  return toSvg(toSpec());
}

function toSpec(): Spec {
  return {
    ...FRAME,
    width: STEP + WIDTH,
    height: HEIGHT,
    padding: { left: 80, right: 24, top: 132, bottom: 64 },
    title: {
      ...TITLE,
      text: "Probabilities over temperature",
      subtitle: [
        "Towards 0 the largest logit takes all; two that are equal keep a half each.",
        "Towards infinity every class gets the same share, a third.",
      ],
    },
    data: PANELS.flatMap(({ logits, labels }, i) => [
      { name: `points${i}`, values: sweep(logits) },
      { name: `labels${i}`, values: labels.map((label) => ({ ...label, ...atOne(logits, label.index) })) },
    ]),
    scales: SCALES,
    marks: PANELS.map(panel),
  };
}

/** Names stand at temperature 1, where the lines are far from each other. */
function atOne(logits: number[], index: number): object {
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
  return { temperature: 1, probability: Math.exp(logits[index] as number) / total };
}

function panel({ logits }: Panel, i: number): GroupMark {
  return {
    type: "group",
    title: { ...TITLE, text: `logits ${logits.join(", ")}`, fontSize: 14, frame: "group", offset: 14 },
    encode: { enter: { x: { value: i * STEP }, width: { value: WIDTH }, height: { value: HEIGHT } } },
    axes: [X_AXIS, i === 0 ? { ...Y_AXIS, title: "probability" } : Y_AXIS],
    marks: [lines(`points${i}`, new Set(logits).size < logits.length), names(`labels${i}`)],
  };
}

/** Where lines coincide the last one is dashed, so that the one below shows. */
function lines(data: string, coincide: boolean): Mark {
  return {
    type: "group",
    from: { facet: { name: "line", data, groupby: "index" } },
    marks: [
      {
        type: "line",
        from: { data: "line" },
        encode: {
          enter: {
            ...PLACE,
            stroke: COLOUR,
            strokeWidth: { value: 2.5 },
            ...(coincide && { strokeDash: { signal: "datum.index === 2 ? [7, 7] : [1, 0]" } }),
          },
        },
      },
    ],
  };
}

function names(data: string): Mark {
  return {
    type: "text",
    from: { data },
    encode: {
      enter: {
        ...PLACE,
        text: { field: "text" },
        fill: COLOUR,
        fontSize: { value: 14 },
        fontWeight: { value: "bold" },
        baseline: { value: "middle" },
        align: { signal: "datum.dx < 0 ? 'right' : 'left'" },
        dx: { field: "dx" },
        dy: { field: "dy" },
      },
    },
  };
}
