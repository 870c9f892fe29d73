// As modules.ts, for workerd, where there are no threads: the calling thread serves, by the main entry's modules.

export { modules, modules as ownModules } from "../modules.workerd.js";
