/** The time range, the query step and Grafana's time macros. Times are in milliseconds unless named otherwise. */
import { dateTime, rangeUtil, type TimeRange } from "@grafana/data";

/** The scrape interval of the provisioned data source; Grafana derives `$__rate_interval` from it. */
const SCRAPE_SECONDS = 15;

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

/** Return the query step for a graph of `width` pixels, in seconds: Grafana's rounding, at least the scrape interval. */
export function stepSeconds(timeRange: TimeRange, width: number): number {
  return rangeUtil.calculateInterval(timeRange, Math.max(width, 100), `${SCRAPE_SECONDS}s`).intervalMs / 1000;
}

/** Return the values of Grafana's macros in Prometheus queries, by name. */
export function timeMacros(timeRange: TimeRange, step: number): Readonly<Record<string, string>> {
  const rateInterval = Math.max(step + SCRAPE_SECONDS, 4 * SCRAPE_SECONDS);
  const rangeSeconds = Math.round((timeRange.to.valueOf() - timeRange.from.valueOf()) / 1000);
  return { __interval: `${step}s`, __rate_interval: `${rateInterval}s`, __range: `${rangeSeconds}s` };
}
