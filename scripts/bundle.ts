// Bundles src/ into dist/ as tsdown.config.ts says. By tsdown's API: its command warns on Node 20, where it works.

import { build } from "tsdown";
import { writeWasmTypes } from "./wasm-types.js";

await build({ logLevel: "warn" });
writeWasmTypes("dist");
