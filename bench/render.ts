// Makes the Markdown tables and the charts of kept results again. Usage: tsx bench/render.ts bench/results/FILE.json ...

import { readReport, render } from "./results.js";

for (const file of process.argv.slice(2)) console.log((await render(readReport(file))).join("\n"));
