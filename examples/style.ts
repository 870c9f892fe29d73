import { type Axis, type EncodeEntry, type Mark, parse, type Spec, type Title, View } from "vega";

/** Blue and orange, told apart by most who do not see red from green. */
export const COLOURS: [string, string] = ["#1f6fb2", "#c2500a"];
/** The two first, for more series. */
export const PALETTE: string[] = [...COLOURS, "#1d7f5f", "#8a4fa8", "#5c5c5c"];
export const GRID = "#e4e4e4";

export const FRAME: Spec = {
  autosize: "none",
  background: "white",
  config: { style: { "guide-label": { fontSize: 13 }, "guide-title": { fontSize: 14, fontWeight: "normal" } } },
};

export const TITLE: Omit<Title, "text"> = {
  anchor: "start",
  fontSize: 16,
  subtitleFontSize: 13,
  subtitlePadding: 5,
  offset: 24,
};

export const TEMPERATURE_AXIS: Axis = {
  scale: "x",
  orient: "bottom",
  title: "temperature (log scale)",
  titlePadding: 10,
  format: "~g",
};

/** What bars, dots and the small print at them look like, wherever they stand. */
export const BAR: EncodeEntry = { y2: { scale: "y", value: 0 }, fillOpacity: { value: 0.55 } };
export const DOT: EncodeEntry = { size: { value: 50 }, stroke: { value: "white" } };
export const LABEL: EncodeEntry = { align: { value: "center" }, fontSize: { value: 12 }, fill: { value: "#1a1a1a" } };

/** A mark for each of the data. */
export function mark(type: "rect" | "symbol" | "text", data: string, enter: EncodeEntry): Mark {
  return { type, from: { data }, encode: { enter } };
}

/** The text of an SVG file. */
export function toSvg(spec: Spec): Promise<string> {
  return new View(parse(spec), { renderer: "none" }).toSVG();
}
