import { Combobox, MultiCombobox, type ComboboxOption } from "@grafana/ui";
import type { ReactElement } from "react";
import { changed, goTo } from "./address";
import { ALL } from "./choices";
import type { Variable } from "./dashboard";

interface ChoosingProps {
  readonly variable: Variable;
  readonly chosen: readonly string[];
  readonly options: readonly string[];
}

/** One variable: its label and what can be chosen; the choice goes into the address. */
export function Choosing({ variable, chosen, options }: ChoosingProps): ReactElement {
  const { name, label, multi, includeAll } = variable;
  const listed: ComboboxOption[] = [
    ...(includeAll ? [{ label: "All", value: ALL }] : []),
    ...[...new Set([...options, ...chosen.filter((value) => value !== ALL)])].map((value) => ({ label: value, value })),
  ];
  const choose = (values: readonly string[]): void => goTo(changed({ [`var-${name}`]: values }));
  const id = `choosing-${name}`;
  return (
    <div className="choosing">
      <label htmlFor={id}>{label}</label>
      {multi ? (
        <MultiCombobox
          id={id} options={listed} value={[...chosen]} width="auto" minWidth={16}
          onChange={(picked) => choose(settled(chosen, picked.map(({ value }) => value)))}
        />
      ) : (
        <Combobox id={id} options={listed} value={chosen[0] ?? null} width="auto" minWidth={16} onChange={({ value }) => choose([value])} />
      )}
    </div>
  );
}

/** All stands alone: whoever picks it drops the rest, whoever picks another drops it, and nothing picked is all. */
function settled(before: readonly string[], picked: readonly string[]): readonly string[] {
  const single = picked.filter((value) => value !== ALL);
  const allIsNew = picked.includes(ALL) && !before.includes(ALL);
  return allIsNew || single.length === 0 ? [ALL] : single;
}
