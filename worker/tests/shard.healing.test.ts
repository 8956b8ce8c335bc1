/** A shard goes on by itself after an alarm was lost or its clock was wrong, in workerd with real SQLite storage. */

import { afterEach, expect, test } from "vitest";
import type { Collector, Push } from "./collector.ts";
import { type Bindings, Fixtures, loggedMessages } from "./fixtures.ts";
import { type RunningWorker, waitFor } from "./workerd.ts";

const fixtures = new Fixtures();
afterEach(() => fixtures.dispose());

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

interface Running {
  readonly collector: Collector;
  readonly worker: RunningWorker;
}

async function start(bindings: Bindings = {}, persist?: string): Promise<Running> {
  const collector = await fixtures.collector();
  return { collector, worker: await fixtures.worker(collector.url, bindings, persist) };
}

/** Counts a request, and waits until the collector has as many. */
async function countUntil(total: number, { collector, worker }: Running, tenant = "acme"): Promise<void> {
  await worker.fetchText("/", { tenant });
  await waitFor(() => collector.total("requests_total"), (counted) => counted >= total);
  expect(collector.total("requests_total")).toBe(total);
}

/** Moves the alarm, again if an export that was under way has set its own. */
async function postpone({ collector, worker }: Running, milliseconds: number): Promise<void> {
  const pushesAfter = async (): Promise<number> => {
    await worker.fetchText(`/shard-0/postpone${milliseconds}`);
    const { length } = collector.pushes;
    await new Promise((resolve) => setTimeout(resolve, 700)); // longer than the interval of full pushes
    return collector.pushes.length - length;
  };
  await waitFor(pushesAfter, (pushes) => pushes === 0);
}

test("an alarm that is a day ahead is reset by the next batch", async () => {
  const running = await start();
  await countUntil(1, running);
  await postpone(running, DAY);
  await countUntil(2, running);
});

test("an alarm that is a day ahead is reset after a restart, also without a batch", async () => {
  const folder = fixtures.temporaryFolder();
  const running = await start({}, folder);
  await countUntil(1, running);
  await postpone(running, DAY);
  await running.worker.stop();
  const pushCount = running.collector.pushes.length;
  const restarted = await fixtures.worker(running.collector.url, {}, folder);
  await restarted.fetchText("/shard-0/series"); // wakes the object
  await waitFor(() => running.collector.pushes.length, (length) => length > pushCount);
});

test("after a clock that was an hour ahead, timestamps and start times are right again, and counts exact", async () => {
  const running = await start();
  const { collector, worker } = running;
  await countUntil(1, running);
  await worker.fetchText(`/shard-0/clock${HOUR}`);
  await countUntil(2, running, "globex"); // a series that begins in the future
  await worker.fetchText("/shard-0/clock0");
  const pushCount = collector.pushes.length;
  await countUntil(3, running);
  const fullPush = (): Push | undefined => collector.pushes.slice(pushCount).find((push) => namesOf(push).includes(GLOBEX));
  const push = await waitFor(fullPush, Boolean);
  for (const { timeUnixNano, startTimeUnixNano } of push!.points.values()) {
    const at = Number(timeUnixNano) / 1e6;
    expect(Math.abs(at - Date.now())).toBeLessThan(MINUTE);
    expect(Number(startTimeUnixNano ?? 0) / 1e6).toBeLessThanOrEqual(at);
  }
  await worker.fetchText("/shard-0/crash"); // what was corrected is in storage
  await countUntil(4, running);
  const starts = collector.pushes.slice(-1).flatMap(({ points }) => [...points.values()].map(({ startTimeUnixNano }) => startTimeUnixNano));
  expect(starts.every((start) => Number(start ?? 0) / 1e6 <= Date.now())).toBe(true);
});

test("a clock that is two months ahead once deletes neither series nor ids of batches", async () => {
  const running = await start();
  await countUntil(1, running);
  await running.worker.fetchText(`/shard-0/clock${60 * DAY}`);
  await running.worker.fetchText("/shard-0/crash"); // a new object deletes at its first export
  const pushCount = running.collector.pushes.length;
  await running.worker.fetchText("/shard-0/series");
  await waitFor(() => running.collector.pushes.length, (length) => length > pushCount + 2);
  await running.worker.fetchText("/shard-0/clock0");
  expect(await running.worker.fetchText("/shard-0/series")).toBe("9");
  expect(await running.worker.fetchText("/shard-0/batches")).toBe("1");
});

test("a shard that has exported nothing for two minutes while it is asked to add says so once, and exports", async () => {
  const running = await start();
  await countUntil(1, running);
  await postpone(running, 5 * MINUTE); // not absurd: a collector may ask for as much
  await running.worker.fetchText(`/shard-0/idle${3 * MINUTE}`);
  await running.worker.fetchText("/shard-0/crash"); // so that the shard reads its tables again
  await countUntil(2, running);
  await countUntil(3, running);
  expect(loggedMessages(running.worker)).toEqual(["shard-0: has exported nothing for 3 minutes; its alarm is set again."]);
});

const GLOBEX = "requests_total{tenant_id=globex,route=/chat,service=worker-api}";
const namesOf = ({ points }: Push): string[] => [...points.keys()];
