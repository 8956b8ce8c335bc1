/** The compact table of series. */

import { expect, test } from "vitest";
import { METRIC_DEFINITIONS } from "../src/series.ts";
import { SeriesTable } from "../src/series_table.ts";

const { requests_total: COUNTER, latency_ms: HISTOGRAM } = METRIC_DEFINITIONS;
const state = (metric: typeof COUNTER, numbers: number[] = []) => ({ metric, startTime: 1, changedAt: 2, numbers });

test("a thousand series of two widths keep their keys, times and numbers while the table grows", () => {
  const table = new SeriesTable();
  for (let n = 0; n < 1_000; n++) table.insert(`series-${n}`, { ...state(n % 2 ? HISTOGRAM : COUNTER, [n, n]), startTime: n });
  for (let n = 0; n < 1_000; n++) table.add(table.find(`series-${n}`)!, [1, 2], n + 7);
  for (let n = 0; n < 1_000; n++) {
    const slot = table.find(`series-${n}`)!;
    const rest = n % 2 ? new Array(12).fill(0) : []; // latency_ms has 12 bounds: 14 numbers
    expect([table.keyOf(slot), table.startTimeOf(slot), table.changedAtOf(slot)]).toEqual([`series-${n}`, n, n + 7]);
    expect([...table.numbersOf(slot)]).toEqual([n + 1, n + 2, ...rest]);
  }
  expect(table.size).toBe(1_000);
});

test("the place of a deleted series is used again, without its numbers", () => {
  const table = new SeriesTable();
  const first = table.insert("first", state(HISTOGRAM, [5, 5]));
  const second = table.insert("second", state(COUNTER, [6, 6]));
  table.delete(first);
  expect([table.find("first"), table.keyOf(first), table.size]).toEqual([undefined, undefined, 1]);
  const third = table.insert("third", state(HISTOGRAM));
  expect(third).toBe(first);
  expect([...table.numbersOf(third)]).toEqual(new Array(14).fill(0));
  expect([...table.numbersOf(second)]).toEqual([6, 6]);
  expect(table.slotCount).toBe(2);
});
