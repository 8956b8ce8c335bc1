/** The time range, the query step and Grafana's time macros. Times are in milliseconds unless named otherwise. */
import { dateTime, rangeUtil, type TimeRange } from "@grafana/data";

/** The minimum step of a query that has none, in seconds: Grafana's own. */
export const DEFAULT_MIN_STEP = 15;
const UNIT_SECONDS = { s: 1, m: 60 };

/** Parse a query's minimum step, such as `15s` or `1m`, in seconds. */
export function parseMinStep(interval: string | undefined): number {
  const match = /^(\d+)([sm])$/.exec(interval ?? "");
  return match ? Number(match[1]) * UNIT_SECONDS[match[2] as keyof typeof UNIT_SECONDS] : DEFAULT_MIN_STEP;
}

/** A time range as URL parameters: relative (`now-6h`), or milliseconds since 1970. */
export interface TimeRangeParameters {
  readonly from: string;
  readonly to: string;
}

/** Parse a time range. Throws if `from` or `to` is neither relative nor milliseconds since 1970. */
export function parseTimeRange(from: string, to: string): TimeRange {
  const parse = (time: string) => (/^\d+$/.test(time) ? dateTime(Number(time)) : time);
  const timeRange = rangeUtil.convertRawToRange({ from: parse(from), to: parse(to) }, "browser");
  if (!timeRange.from.isValid() || !timeRange.to.isValid()) {
    throw new Error(`from=${from}&to=${to}: not a time range; use times such as now-6h, or milliseconds since 1970`);
  }
  return timeRange;
}

/** Format a time range for a URL; a relative one stays relative. */
export function timeRangeParameters({ raw }: TimeRange): TimeRangeParameters {
  const format = (time: TimeRange["raw"]["from"]): string => (typeof time === "string" ? time : String(time.valueOf()));
  return { from: format(raw.from), to: format(raw.to) };
}

/** Move the start and the end of a time range by fractions of its length. */
export function shiftTimeRange({ from, to }: TimeRange, startShift: number, endShift: number): TimeRangeParameters {
  const length = to.valueOf() - from.valueOf();
  return { from: String(from.valueOf() + startShift * length), to: String(to.valueOf() + endShift * length) };
}

/** Return the query step for a graph of `width` pixels, in seconds: Grafana's rounding, at least the minimum step. */
export function stepSeconds(timeRange: TimeRange, width: number, minStep = DEFAULT_MIN_STEP): number {
  return rangeUtil.calculateInterval(timeRange, Math.max(width, 100), `${minStep}s`).intervalMs / 1000;
}

/** Return the values of Grafana's macros in Prometheus queries, by name. */
export function timeMacros(timeRange: TimeRange, step: number, minStep: number): Readonly<Record<string, string>> {
  const rateInterval = Math.max(step + minStep, 4 * minStep);
  const rangeSeconds = Math.round((timeRange.to.valueOf() - timeRange.from.valueOf()) / 1000);
  return { __interval: `${step}s`, __rate_interval: `${rateInterval}s`, __range: `${rangeSeconds}s` };
}
