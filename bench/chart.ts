// A report's softmax as bars: how many times the subject's time each of the others takes. Usage, to draw kept results again:
// tsx bench/render.ts bench/results/rivals-node20.json ...

import { type Mark, parse, type Spec, View } from "vega";
import { describeMachine } from "./machine.js";
import { protocolLine, type Report, sectionsOf, timingOf } from "./report.js";
import { digits } from "./table.js";

/** Told apart in any light, by most eyes (Okabe and Ito's). */
const COLOURS = ["#0072b2", "#56b4e9", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#999999"];

const BAR = 13;
const GAP = 9;
const PANEL_WIDTH = 400;

export interface Bar {
  /** The title of its panel. */
  readonly panel: string;
  readonly case: string;
  readonly rival: string;
  readonly ratio: number;
  readonly label: string;
  /** Where the bar stands, in pixels from the top of its panel. */
  readonly top: number;
}

/** One bar for each rival in each case that it takes, those of a case under each other. */
export function bars(report: Report): Bar[] {
  const softmax = report.results.filter(({ op }) => op === "softmax");
  return sectionsOf({ ...report, results: softmax }).flatMap(({ title: panel, results }) => {
    let top = GAP;
    let last = results[0]?.case;
    return results.flatMap((timing) => {
      const ours = timingOf(results, timing.case, report.subject);
      if (timing.case !== last) top += GAP;
      last = timing.case;
      if (timing.contender === report.subject || ours === undefined) return [];
      const ratio = timing.steady / ours.steady;
      const bar = { panel, case: timing.case, rival: timing.contender, ratio, label: digits(ratio), top };
      top += BAR;
      return [bar];
    });
  });
}

/** The text of an SVG file. */
export function drawChart(report: Report): Promise<string> {
  return new View(parse(toSpec(report)), { renderer: "none" }).toSVG();
}

function toSpec(report: Report): Spec {
  const values = bars(report);
  const rivals = [...new Set(values.map(({ rival }) => rival))];
  const height = Math.max(...values.map(({ top }) => top)) + BAR + GAP;
  const ratios = values.map(({ ratio }) => ratio);
  const domain = [Math.min(0.5, ...ratios) / 1.8, Math.max(2, ...ratios) * 1.6];
  return {
    padding: 16,
    background: "white",
    config: { style: { "guide-label": { fontSize: 12 }, "guide-title": { fontSize: 13, fontWeight: "normal" } } },
    title: {
      text: `How many times softmax-simd's time the others take (${report.runtime}, ${report.backend.backend})`,
      subtitle: [`Right of the line at 1: softmax-simd is faster. ${describeMachine(report, report.runtime)}`].concat(
        protocolLine(report),
      ),
      anchor: "start",
      fontSize: 16,
      subtitleFontSize: 12,
      subtitlePadding: 6,
      offset: 14,
    },
    layout: { columns: 2, padding: { column: 30, row: 20 } },
    scales: [{ name: "colour", type: "ordinal", domain: rivals, range: COLOURS }],
    legends: [
      {
        fill: "colour",
        orient: "bottom",
        direction: "horizontal",
        symbolType: "square",
        columnPadding: 18,
        labelLimit: 0,
      },
    ],
    marks: [...new Set(values.map((bar) => bar.panel))].map((title) => panel(title, values, height, domain)),
  };
}

function panel(title: string, all: readonly Bar[], height: number, domain: readonly number[]): Mark {
  const values = all.filter((bar) => bar.panel === title);
  return {
    type: "group",
    title: { text: title, anchor: "start", fontSize: 14, frame: "group" },
    encode: { enter: { width: { value: PANEL_WIDTH }, height: { value: height } } },
    // The grid's lines are as long as this says.
    signals: [{ name: "height", value: height }],
    data: [
      { name: "bars", values: [...values] },
      { name: "cases", values: groups(values) },
    ],
    scales: [{ name: "x", type: "log", domain: [...domain], range: [0, PANEL_WIDTH], nice: false }],
    axes: [
      {
        scale: "x",
        orient: "bottom",
        values: [0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500],
        format: "~g",
        grid: true,
        gridColor: "#e4e4e4",
      },
    ],
    marks: [...BAR_MARKS],
  };
}

/** Where the label of a case stands: at the middle of its bars. */
function groups(values: readonly Bar[]): { case: string; middle: number }[] {
  return [...new Set(values.map((bar) => bar.case))].map((label) => {
    const tops = values.filter((bar) => bar.case === label).map(({ top }) => top);
    return { case: label, middle: (tops[0]! + tops.at(-1)! + BAR) / 2 };
  });
}

const BAR_MARKS: readonly Mark[] = [
  {
    type: "rect",
    from: { data: "bars" },
    encode: {
      enter: {
        x: { scale: "x", value: 1 },
        x2: { scale: "x", field: "ratio" },
        y: { field: "top" },
        height: { value: BAR - 2 },
        fill: { scale: "colour", field: "rival" },
      },
    },
  },
  {
    type: "text",
    from: { data: "bars" },
    encode: {
      enter: {
        x: { scale: "x", field: "ratio", offset: { signal: "datum.ratio < 1 ? -4 : 4" } },
        y: { field: "top", offset: (BAR - 2) / 2 },
        align: { signal: "datum.ratio < 1 ? 'right' : 'left'" },
        baseline: { value: "middle" },
        text: { field: "label" },
        fontSize: { value: 11 },
      },
    },
  },
  {
    type: "text",
    from: { data: "cases" },
    encode: {
      enter: {
        x: { value: -8 },
        y: { field: "middle" },
        align: { value: "right" },
        baseline: { value: "middle" },
        text: { field: "case" },
        fontSize: { value: 12 },
      },
    },
  },
  {
    type: "rule",
    encode: {
      enter: {
        x: { scale: "x", value: 1 },
        y: { value: 0 },
        y2: { field: { group: "height" } },
        stroke: { value: "black" },
        strokeWidth: { value: 1.5 },
      },
    },
  },
];
