// As modules.workerd.ts, for Vercel's edge.

export { modules, modules as ownModules } from "../modules.edge-light.js";
