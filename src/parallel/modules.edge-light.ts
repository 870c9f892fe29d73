// As modules.workerd.ts, for Vercel's edge.

export { modules } from "../modules.edge-light.js";
