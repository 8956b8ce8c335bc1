import { rangeUtil, type TimeRange } from "@grafana/data";
import { Alert } from "@grafana/ui";
import { useCallback, useEffect, useMemo, useState, type ReactElement } from "react";
import { useAnnotations } from "./annotations";
import type { Dashboard } from "./dashboard";
import { DashboardGrid } from "./DashboardGrid";
import type { QueryContext } from "./interpolation";
import { parseTimeRange } from "./timeRange";
import { toggled } from "./toggled";
import { Toolbar } from "./Toolbar";
import type { UrlState } from "./url";
import { useVariables } from "./variables";

/** One dashboard, with the time range and the variables of the URL. */
export function DashboardPage({ dashboard, url }: { dashboard: Dashboard; url: UrlState }): ReactElement {
  const variables = dashboard.templating.list;
  const interval = url.refresh ?? dashboard.refresh;
  const [refreshCount, refresh] = useRefresh(interval);
  const timeRange = useTimeRange(url.from ?? dashboard.time.from, url.to ?? dashboard.time.to, refreshCount);
  const { values, options, error } = useVariables(dashboard.uid, variables, timeRange, url.variables);
  const context = useMemo<QueryContext | undefined>(
    () => (values === undefined ? undefined : { variables, values, timeRange }),
    [variables, values, timeRange],
  );
  const [hiddenAnnotations, onToggleAnnotation] = useToggledNames();
  const shownAnnotations = useMemo(
    () => dashboard.annotations.list.filter(({ name }) => !hiddenAnnotations.has(name)),
    [dashboard.annotations.list, hiddenAnnotations],
  );
  const annotations = useAnnotations(shownAnnotations, context);
  return (
    <>
      <Toolbar
        {...{ dashboard, timeRange, options, hiddenAnnotations, onToggleAnnotation }} values={values ?? {}} refreshInterval={interval}
        onRefresh={refresh}
      />
      {error && <Unreachable message={error} />}
      <DashboardGrid key={dashboard.uid} dashboard={dashboard} context={context} annotations={annotations} />
    </>
  );
}

/** Return a set of names, empty at first, and a function that adds a name or removes it. */
function useToggledNames(): readonly [ReadonlySet<string>, (name: string) => void] {
  const [names, setNames] = useState<ReadonlySet<string>>(new Set());
  const toggle = useCallback((name: string) => setNames((previous) => toggled(previous, name)), []);
  return [names, toggle];
}

/** Return a number that grows at every interval (such as `30s`; empty: never), and a function that makes it grow. */
function useRefresh(interval: string): readonly [number, () => void] {
  const [count, setCount] = useState(0);
  const refresh = useCallback(() => setCount((previous) => previous + 1), []);
  useEffect(() => {
    if (interval === "") return undefined;
    const timer = setInterval(refresh, rangeUtil.intervalToMs(interval));
    return () => clearInterval(timer);
  }, [interval, refresh]);
  return [count, refresh];
}

/** Parse the time range again at every refresh, because "now" moves on. */
function useTimeRange(from: string, to: string, refreshCount: number): TimeRange {
  return useMemo(() => {
    void refreshCount;
    return parseTimeRange(from, to);
  }, [from, to, refreshCount]);
}

function Unreachable({ message }: { message: string }): ReactElement {
  return (
    <Alert severity="error" title="Prometheus does not respond">
      {message}. The panels show no current data; start Prometheus, or set PROMETHEUS_URL to another one.
    </Alert>
  );
}
