import type { TimeRange } from "@grafana/data";
import { useEffect, useMemo, useState } from "react";
import { chosen, type Choices } from "./choices";
import type { Variable } from "./dashboard";
import { Refusal, valuesOf } from "./prometheus";

interface Found {
  readonly uid: string;
  readonly options: Choices;
  readonly trouble: string | undefined;
}

/**
 * A dashboard's choices and what can be chosen, asked anew with every range. The choices are undefined until the
 * options are known for the first time; with no answer from Prometheus they are what the address says.
 */
export function useChoices(uid: string, variables: readonly Variable[], range: TimeRange, asked: Choices) {
  const [found, setFound] = useState<Found>();
  useEffect(() => {
    const stop = new AbortController();
    const settle = (options: Choices, trouble?: string): void => {
      if (!stop.signal.aborted) setFound({ uid, options, trouble });
    };
    optionsOf(variables, range, stop.signal).then(
      (options) => settle(options),
      (error: unknown) => settle({}, error instanceof Refusal && error.unreachable ? error.message : undefined),
    );
    return () => stop.abort();
  }, [uid, variables, range]);
  const known = found?.uid === uid ? found : undefined;
  const spoken = JSON.stringify(known && choicesOf(variables, asked, known.options));
  const choices = useMemo(() => (spoken === undefined ? undefined : (JSON.parse(spoken) as Choices)), [spoken]);
  return { choices, options: known?.options ?? {}, trouble: known?.trouble };
}

function choicesOf(variables: readonly Variable[], asked: Choices, options: Choices): Choices {
  const entries = variables.map((variable) => {
    return [variable.name, chosen(variable, asked[variable.name] ?? [], options[variable.name] ?? [])] as const;
  });
  return Object.fromEntries(entries);
}

async function optionsOf(variables: readonly Variable[], range: TimeRange, stop: AbortSignal): Promise<Choices> {
  const entries = await Promise.all(
    variables.map(async (variable) => [variable.name, await values(variable, range, stop)] as const),
  );
  return Object.fromEntries(entries);
}

async function values(variable: Variable, range: TimeRange, stop: AbortSignal): Promise<readonly string[]> {
  if (typeof variable.query === "string") return [variable.query];
  const [, metric, label] = /^label_values\((\w+), (\w+)\)$/.exec(variable.query.query) ?? [];
  if (metric === undefined || label === undefined) throw new Error(`${variable.query.query}: only label_values(metric, label)`);
  return valuesOf(metric, label, range, stop);
}
