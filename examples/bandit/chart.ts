import type { Axis, Legend, Mark, Scale, Spec } from "vega";
import { FRAME, GRID, PALETTE, TITLE, toSvg } from "../style.js";
import { count } from "../table.js";
import { type Figures, mean } from "./run.js";

/** Each point of a line is the mean of so many steps. */
const STEPS_A_POINT = 10;

const PLACE = { x: { scale: "x", field: "step" }, y: { scale: "y", field: "reward" } } as const;
const COLOUR = { scale: "colour", field: "name" } as const;

const Y_AXIS: Axis = {
  scale: "y",
  orient: "left",
  title: "mean reward",
  titlePadding: 10,
  tickCount: 8,
  format: ".1f",
  grid: true,
  gridColor: GRID,
  domain: false,
};

const LEGEND: Legend = {
  stroke: "colour",
  orient: "none",
  legendX: 300,
  legendY: 240,
  symbolType: "stroke",
  symbolStrokeWidth: 3,
  symbolSize: 400,
  labelFontSize: 13,
  labelLimit: 400,
  rowPadding: 6,
  fillColor: "white",
  padding: 6,
};

const LINES: Mark = {
  type: "group",
  from: { facet: { name: "line", data: "points", groupby: "name" } },
  marks: [
    {
      type: "line",
      from: { data: "line" },
      encode: { enter: { ...PLACE, stroke: COLOUR, strokeWidth: { value: 2 } } },
    },
  ],
};

/** The mean reward of each strategy over the steps, as the text of an SVG file. */
export function drawRewards(figures: Figures): Promise<string> {
  return toSvg(toSpec(figures));
}

function toSpec({ count: bandits, steps, best, curves }: Figures): Spec {
  const scales: Scale[] = [
    { name: "x", type: "linear", domain: [0, steps], range: "width" },
    { name: "y", type: "linear", domain: [0, 1.65], range: "height" },
    { name: "colour", type: "ordinal", domain: curves.map(({ name }) => name), range: PALETTE },
  ];
  return {
    ...FRAME,
    width: 640,
    height: 380,
    padding: { left: 80, right: 32, top: 96, bottom: 64 },
    title: {
      ...TITLE,
      text: "Ten-armed bandits: reward over time",
      subtitle: `Means over ${count(bandits)} bandits and ${STEPS_A_POINT} steps. Dashed: the best arm at every step.`,
    },
    data: [{ name: "points", values: curves.flatMap(({ name, rewards }) => toPoints(name, rewards)) }],
    scales,
    axes: [{ scale: "x", orient: "bottom", title: "step", titlePadding: 10 }, Y_AXIS],
    legends: [LEGEND],
    marks: [LINES, level(best)],
  };
}

function toPoints(name: string, rewards: Float64Array): object[] {
  return Array.from({ length: Math.floor(rewards.length / STEPS_A_POINT) }, (_, i) => {
    const start = i * STEPS_A_POINT;
    const end = start + STEPS_A_POINT;
    return { name, step: (start + end) / 2, reward: mean(rewards, start, end) };
  });
}

function level(best: number): Mark {
  return {
    type: "rule",
    encode: {
      enter: {
        x: { value: 0 },
        x2: { signal: "width" },
        y: { scale: "y", value: best },
        stroke: { value: "#555555" },
        strokeWidth: { value: 1.5 },
        strokeDash: { value: [5, 4] },
      },
    },
  };
}
