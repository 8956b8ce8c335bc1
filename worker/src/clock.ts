/** Time: the runtime's clock, timers and timeouts. */

/** Returns milliseconds on the runtime's clock, which advances only at I/O. */
export const now = (): number => performance.now();

/** Returns the milliseconds since `startedAt`, rounded to hundredths. */
export function elapsedSince(startedAt: number): number {
  return Math.round((now() - startedAt) * 100) / 100;
}

/**
 * Returns whether a stored time has come, in milliseconds since 1970. One that is further ahead than such a time can be was
 * stored while the clock was wrong: it counts as come, so that nothing waits for it.
 */
export const hasCome = (time: number, now: number, maxAheadMs: number): boolean => time <= now || time > now + maxAheadMs;

/** Returns whether an interval is over since a stored time. A time in the future was stored while the clock was wrong: it is. */
export const isOver = (intervalMs: number, since: number, now: number): boolean => now < since || now - since >= intervalMs;

export const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Settles as `work` does, or rejects when the time is over. */
export async function withTimeout<Result>(work: Promise<Result>, milliseconds: number): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no response within ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
