/** The Worker of `counting.ts`, whose requests were counted under another name by an earlier version. */

import { EARLIER_NAME } from "./earlier_names.ts";
import { TelemetryShard as CountingShard } from "./counting.ts";

export { default } from "./counting.ts";

export class TelemetryShard extends CountingShard {
  /** Bundlers leave out a module of which nothing is used. */
  static readonly earlierName = EARLIER_NAME;
}
