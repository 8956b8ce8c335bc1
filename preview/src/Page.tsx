import type { TimeRange } from "@grafana/data";
import { Alert } from "@grafana/ui";
import { useMemo, type ReactElement } from "react";
import type { Address } from "./address";
import type { Situation } from "./asking";
import { useSpans } from "./annotations";
import { Board } from "./Board";
import type { Dashboard } from "./dashboard";
import { span } from "./time";
import { Toolbar } from "./Toolbar";
import { useChoices } from "./useChoices";
import { useEvery } from "./useEvery";

/** One dashboard, at the time and with the choices of the address. */
export function Page({ dashboard, address }: { dashboard: Dashboard; address: Address }): ReactElement {
  const variables = dashboard.templating.list;
  const refresh = address.refresh ?? dashboard.refresh;
  const [turn, again] = useEvery(refresh);
  const range = useRange(address.from ?? dashboard.time.from, address.to ?? dashboard.time.to, turn);
  const { choices, options, trouble } = useChoices(dashboard.uid, variables, range, address.asked);
  const situation = useMemo<Situation | undefined>(
    () => (choices === undefined ? undefined : { variables, choices, range }),
    [variables, choices, range],
  );
  const spans = useSpans(dashboard.annotations.list, situation);
  return (
    <>
      <Toolbar {...{ dashboard, range, choices: choices ?? {}, options, refresh, onRefresh: again }} />
      {trouble && <Trouble why={trouble} />}
      <Board key={dashboard.uid} dashboard={dashboard} situation={situation} spans={spans} />
    </>
  );
}

/** The span anew at every turn, because "now" moves on. */
function useRange(from: string, to: string, turn: number): TimeRange {
  return useMemo(() => {
    void turn;
    return span(from, to);
  }, [from, to, turn]);
}

function Trouble({ why }: { why: string }): ReactElement {
  return (
    <Alert severity="error" title="Prometheus does not answer">
      {why}. Nothing below is of now: start Prometheus, or give the preview another with PROMETHEUS_URL.
    </Alert>
  );
}
