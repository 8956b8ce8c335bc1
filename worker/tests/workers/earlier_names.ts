/** Gives a metric of the contract an earlier name, before the library reads the contract. */

import { TELEMETRY } from "workers-ai-observability/contract";

export const EARLIER_NAME = "calls_total";

Object.assign(TELEMETRY.renamed, { requests_total: EARLIER_NAME });
