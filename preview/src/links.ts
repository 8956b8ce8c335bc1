/** Grafana's texts in data links: `${__data.fields.NAME}` of the row, `${__url_time_range}`, and the dashboard's variables. */
import type { DataContextScopedVar, InterpolateFunction } from "@grafana/data";
import type { Situation } from "./asking";
import { filled, scopeOf } from "./choices";
import { spoken } from "./time";

const FIELD = "__data.fields.";

/** What fills a text for a row of a frame; the row comes with each call, as Grafana hands it over. */
export function replacing({ variables, choices, range }: Situation): InterpolateFunction {
  const own = scopeOf(variables, choices);
  return (text, scoped) =>
    filled(text ?? "", (name, format) => {
      if (name === "__url_time_range") return new URLSearchParams(spoken(range)).toString();
      if (!name.startsWith(FIELD)) return own(name, format);
      const value = cellOf((scoped?.__dataContext as DataContextScopedVar | undefined)?.value, name.slice(FIELD.length));
      return format === "percentencode" ? encodeURIComponent(value) : value;
    });
}

function cellOf(context: DataContextScopedVar["value"] | undefined, name: string): string {
  const field = context?.frame.fields.find((one) => one.name === name || one.config.displayName === name);
  return String(field?.values[context?.rowIndex ?? -1] ?? "");
}
