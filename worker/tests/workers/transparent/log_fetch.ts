/** A Worker that fetches by `log.fetch`, or bare by `fetch`. */

import { observe } from "../../../src/index.ts";
import { answer, type Env } from "./answers.ts";

declare const OBSERVED: boolean;

const worker = observe({ service: "worker-api", fetch: (request, env: Env, _, log) => answer(request, { ...env, send: log.fetch }) });

export default OBSERVED ? worker : { fetch: answer };
