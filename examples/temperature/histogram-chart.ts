import type { Axis, GroupMark, Mark, Scale, Spec } from "vega";
import { BAR, COLOURS, DOT, FRAME, GRID, LABEL, mark, TITLE, toSvg } from "../style.js";
import { count, percent } from "../table.js";
import type { Draws } from "./run.js";

/** Of one panel, and from its left or upper edge to the next one's. */
const WIDTH = 340;
const HEIGHT = 200;
const STEP = [400, 280] as const;

const [DRAWN, EXPECTED] = COLOURS;

const Y_AXIS: Axis = {
  scale: "y",
  orient: "left",
  format: ".0%",
  values: [0, 0.2, 0.4, 0.6, 0.8, 1],
  grid: true,
  gridScale: "x",
  gridColor: GRID,
  domain: false,
  titlePadding: 10,
};

/** Of a class' band. */
const MIDDLE = { scale: "x", field: "logit", band: 0.5 };

/** How often each class was drawn, as bars, and how probable it is, as dots: the text of an SVG file. */
export function drawHistograms(all: Draws[]): Promise<string> {
  return toSvg(toSpec(all));
}

function toSpec(all: Draws[]): Spec {
  const draws = count(all[0]?.count ?? 0);
  return {
    ...FRAME,
    width: STEP[0] + WIDTH,
    height: STEP[1] * (Math.ceil(all.length / 2) - 1) + HEIGHT,
    padding: { left: 80, right: 24, top: 112, bottom: 60 },
    title: {
      ...TITLE,
      text: "The higher the temperature, the more even the draws",
      subtitle: `Bars: the share of ${draws} draws that each class got. Dots: its probability, the softmax of the logits.`,
    },
    data: all.map(({ shares }, i) => ({ name: `shares${i}`, values: shares.map(toBar) })),
    marks: all.map(panel),
  };
}

function toBar({ logit, probability, frequency }: Draws["shares"][number]): object {
  const higher = Math.max(probability, frequency);
  return { logit, probability, frequency, higher, label: percent(frequency) };
}

function panel({ temperature }: Draws, i: number): GroupMark {
  const data = `shares${i}`;
  const scales: Scale[] = [
    { name: "x", type: "band", domain: { data, field: "logit" }, range: [0, WIDTH], padding: 0.25 },
    { name: "y", type: "linear", domain: [0, 1.12], range: [HEIGHT, 0] },
  ];
  const xAxis: Axis = {
    scale: "x",
    orient: "bottom",
    title: "logit of the class",
    titlePadding: 6,
    labelPadding: 8,
    ticks: false,
  };
  const yAxis = i % 2 === 0 ? { ...Y_AXIS, title: "share of draws" } : Y_AXIS;
  return {
    type: "group",
    title: { ...TITLE, text: `temperature ${temperature}`, fontSize: 14, frame: "group", offset: 14 },
    encode: {
      enter: {
        x: { value: (i % 2) * STEP[0] },
        y: { value: Math.floor(i / 2) * STEP[1] },
        width: { value: WIDTH },
        height: { value: HEIGHT },
      },
    },
    scales,
    axes: [xAxis, yAxis],
    marks: [bars(data), dots(data), labels(data)],
  };
}

function bars(data: string): Mark {
  return mark("rect", data, {
    ...BAR,
    x: { scale: "x", field: "logit" },
    width: { scale: "x", band: 1 },
    y: { scale: "y", field: "frequency" },
    fill: { value: DRAWN },
  });
}

function dots(data: string): Mark {
  return mark("symbol", data, {
    ...DOT,
    x: MIDDLE,
    y: { scale: "y", field: "probability" },
    fill: { value: EXPECTED },
  });
}

function labels(data: string): Mark {
  const y = { scale: "y", field: "higher", offset: -9 };
  return mark("text", data, { ...LABEL, x: MIDDLE, y, text: { field: "label" } });
}
