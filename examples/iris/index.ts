import { fitIris, report } from "./iris.js";

console.log(report(fitIris()));
