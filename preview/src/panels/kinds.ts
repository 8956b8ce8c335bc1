import type { ComponentType } from "react";
import { Bars } from "./Bars";
import { Columns } from "./Columns";
import type { Drawing } from "./drawing";
import { Gauge } from "./Gauge";
import { Heat } from "./Heat";
import { Lines } from "./Lines";
import { Stats } from "./Stats";

/** What draws each kind of panel, by Grafana's name for the kind. */
export const KINDS: Readonly<Record<string, ComponentType<Drawing>>> = {
  timeseries: Lines,
  stat: Stats,
  gauge: Gauge,
  bargauge: Bars,
  table: Columns,
  heatmap: Heat,
};

/** Kinds that write the panel's word for nothing themselves, in the size of a value. */
export const SAYS_NOTHING_ITSELF: ReadonlySet<string> = new Set(["stat"]);
