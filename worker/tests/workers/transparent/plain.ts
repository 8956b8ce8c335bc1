/** A Worker of plain handlers, bare or observed. */

import { observe } from "../../../src/index.ts";
import { answer } from "./answers.ts";

declare const OBSERVED: boolean;

export default OBSERVED ? observe({ service: "worker-api", fetch: answer }) : { fetch: answer };
