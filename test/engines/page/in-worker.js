import { report } from "./report.js";

const worker = new Worker(new URL("./main.js", import.meta.url), { type: "module" });
worker.onerror = ({ message }) => report("error", `the worker: ${message ?? "not loaded"}`);
