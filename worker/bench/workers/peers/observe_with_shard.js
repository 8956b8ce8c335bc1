export { TelemetryShard } from "../../../src/shard.ts";
export { default } from "./observe.js";
