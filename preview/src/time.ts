/** Times of the page: which span is shown, and in which steps it is asked for. All in milliseconds unless named otherwise. */
import { dateTime, rangeUtil, type TimeRange } from "@grafana/data";

/** Prometheus' scrape interval as the provisioned data source says; Grafana's `$__rate_interval` rests on it. */
const SCRAPE_SECONDS = 15;

/** The span from `from` to `to`, each as `now-6h` or as milliseconds since 1970. Throws where one is neither. */
export function span(from: string, to: string): TimeRange {
  const [start, end] = [from, to].map((one) => (/^\d+$/.test(one) ? dateTime(Number(one)) : one));
  const found = rangeUtil.convertRawToRange({ from: start ?? from, to: end ?? to }, "browser");
  if (!found.from.isValid() || !found.to.isValid()) throw new Error(`from=${from}, to=${to} is not a span of time`);
  return found;
}

/** A span as an address carries it: relative as it was said, else in milliseconds. */
export function spoken(range: TimeRange): { from: string; to: string } {
  const say = (one: TimeRange["raw"]["from"]): string => (typeof one === "string" ? one : String(one.valueOf()));
  return { from: say(range.raw.from), to: say(range.raw.to) };
}

/** A span moved or stretched by parts of its own length, as the arrows beside the time do. */
export function shifted(range: TimeRange, fromBy: number, toBy: number): { from: string; to: string } {
  const length = range.to.valueOf() - range.from.valueOf();
  return { from: String(range.from.valueOf() + fromBy * length), to: String(range.to.valueOf() + toBy * length) };
}

/** Seconds between two points of a graph that is `width` pixels wide: Grafana's own rounding, never below the scrapes. */
export function stepSeconds(range: TimeRange, width: number): number {
  return rangeUtil.calculateInterval(range, Math.max(width, 100), `${SCRAPE_SECONDS}s`).intervalMs / 1000;
}

/** What Grafana writes for the macros of a Prometheus query. */
export function macros(range: TimeRange, step: number): Readonly<Record<string, string>> {
  const rate = Math.max(step + SCRAPE_SECONDS, 4 * SCRAPE_SECONDS);
  const whole = Math.round((range.to.valueOf() - range.from.valueOf()) / 1000);
  return { __interval: `${step}s`, __rate_interval: `${rate}s`, __range: `${whole}s` };
}
