/** What the reader chose for each variable, and how a choice is written into queries and addresses, as Grafana does. */
import type { Variable } from "./dashboard";

export const ALL = "$__all";

/** By the variable's name. More than one value only where the variable allows it. */
export type Choices = Readonly<Record<string, readonly string[]>>;

/** What stands for each name in a text: `${name}`, `${name:format}` or `$name`. */
export type Scope = (name: string, format: string | undefined) => string;

/** Fill a text's variables. Throws where the scope does not know one. */
export function filled(text: string, scope: Scope): string {
  return text.replace(/\$\{([\w.]+)(?::(\w+))?\}|\$(__\w+)/g, (_, braced?: string, format?: string, macro?: string) =>
    scope((braced ?? macro) as string, format),
  );
}

/** The scope of a dashboard's variables: `${name:regex}` for matchers, `${name:queryparam}` for addresses. */
export function scopeOf(variables: readonly Variable[], choices: Choices): Scope {
  return (name, format) => {
    const variable = variables.find((one) => one.name === name);
    if (!variable) throw new Error(`$${name} is no variable of this dashboard`);
    const values = choices[name] ?? [];
    if (format === "queryparam") return values.map((value) => `var-${name}=${encodeURIComponent(value)}`).join("&");
    if (format === undefined) return values.join(",");
    if (format !== "regex") throw new Error(`\${${name}:${format}} is not a format that this page knows`);
    return values.includes(ALL) ? (variable.allValue ?? ".*") : asRegex(values);
  };
}

function asRegex(values: readonly string[]): string {
  const escaped = values.map((value) => value.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return escaped.length === 1 ? (escaped[0] as string) : `(${escaped.join("|")})`;
}

/**
 * The choice for one variable: what the address says, else the dashboard's own choice where it still exists, else the
 * first of the options.
 */
export function chosen(variable: Variable, asked: readonly string[], options: readonly string[]): readonly string[] {
  if (asked.length > 0) return variable.multi ? asked : asked.slice(0, 1);
  const own = [variable.current?.value ?? []].flat();
  const kept = own.filter((value) => value === ALL || options.includes(value));
  if (kept.length > 0) return kept;
  return variable.includeAll ? [ALL] : options.slice(0, 1);
}
