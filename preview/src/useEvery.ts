import { rangeUtil } from "@grafana/data";
import { useCallback, useEffect, useState } from "react";

/** A number that grows at every interval (as `30s`; empty: never) and whenever the second value is called. */
export function useEvery(interval: string): readonly [number, () => void] {
  const [turn, setTurn] = useState(0);
  const again = useCallback(() => setTurn((before) => before + 1), []);
  useEffect(() => {
    if (interval === "") return undefined;
    const timer = setInterval(again, rangeUtil.intervalToMs(interval));
    return () => clearInterval(timer);
  }, [interval, again]);
  return [turn, again];
}
