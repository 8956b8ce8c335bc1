/** The Worker of `fetching.ts` under the flag `nodejs_als`, which has this class and no `process`. */

import { AsyncLocalStorage } from "node:async_hooks";
import { useAsyncLocalStorage } from "../../src/index.ts";

export { default, Fetching, TelemetryShard } from "./fetching.ts";

useAsyncLocalStorage(AsyncLocalStorage);
