/** Time: the runtime's clock, timers and timeouts. */

/** Returns milliseconds on the runtime's clock, which advances only at I/O. */
export const now = (): number => performance.now();

/** Returns the milliseconds since `startedAt`, rounded to hundredths. */
export function elapsedSince(startedAt: number): number {
  return Number((now() - startedAt).toFixed(2));
}

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
