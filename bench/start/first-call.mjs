import { softmax } from "../../dist/index.js";

softmax(new Float32Array(10));
