// What `npm run temperature`, `npm run bandit` and `npm run decode` run: at full size, as their READMEs show it.

import { readFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";

const MAINS = {
  temperature: () => import("../../examples/temperature/index.js"),
  bandit: () => import("../../examples/bandit/index.js"),
  decode: () => import("../../examples/decode/index.js"),
};
const CHARTS = { temperature: ["histograms", "sweep"], bandit: ["rewards"], decode: [] };

describe.each(Object.keys(MAINS) as (keyof typeof MAINS)[])("examples/%s", (name) => {
  it("prints what its README shows, and writes its charts", async () => {
    const printed = await linesOf(MAINS[name]);
    const shown = blocksOf(readFileSync(`examples/${name}/README.md`, "utf8"));
    expect(shown.length).toBeGreaterThan(0);
    for (const line of shown) expect(printed).toContain(line);
    for (const chart of CHARTS[name]) {
      const file = `examples/${name}/out/${chart}.svg`;
      expect(printed.map((line) => line.replaceAll("\\", "/"))).toContain(`chart  ${file}`);
      expect(readFileSync(file, "utf8")).toMatch(/^<svg /);
    }
  });
});

/** Runs a program by importing it: the lines that it prints. */
async function linesOf(load: () => Promise<unknown>): Promise<string[]> {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  try {
    await load();
    return log.mock.calls.flatMap(([text]) => String(text).split("\n"));
  } finally {
    log.mockRestore();
  }
}

/** The lines of a page's blocks without a language. */
function blocksOf(page: string): string[] {
  const blocks = [...page.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].filter(([, language]) => language === "");
  return blocks.flatMap(([, , block]) => (block as string).trimEnd().split("\n"));
}
