import type { TimeRange } from "@grafana/data";
import { Combobox, InlineSwitch, LinkButton, MultiCombobox, RefreshPicker, TimeRangePicker, type ComboboxOption } from "@grafana/ui";
import type { ReactElement } from "react";
import type { Dashboard, Variable } from "./dashboard";
import { ALL, type VariableValues } from "./interpolation";
import { shiftTimeRange, timeRangeParameters, type TimeRangeParameters } from "./timeRange";
import { dashboardLinkUrl, navigate, withParameters } from "./url";

interface ToolbarProps {
  readonly dashboard: Dashboard;
  readonly timeRange: TimeRange;
  readonly values: VariableValues;
  readonly options: VariableValues;
  readonly refreshInterval: string;
  readonly onRefresh: () => void;
  /** Names of annotations. */
  readonly hiddenAnnotations: ReadonlySet<string>;
  readonly onToggleAnnotation: (name: string) => void;
}

/** The time controls, the variables, the annotations and the links to other dashboards, placed as Grafana places them. */
export function Toolbar(props: ToolbarProps): ReactElement {
  const { dashboard, timeRange, values, options, hiddenAnnotations, onToggleAnnotation } = props;
  const variables = dashboard.templating.list.filter(({ type }) => type === "query");
  const annotations = dashboard.annotations.list.filter(({ enable, expr }) => enable && expr !== undefined);
  return (
    <header>
      <TimeControls {...props} />
      {variables.map((variable) => (
        <VariableSelect key={variable.name} variable={variable} selected={values[variable.name] ?? []} options={options[variable.name] ?? []} />
      ))}
      {annotations.map(({ name }) => (
        <div key={name} className="control">
          <InlineSwitch label={name} showLabel value={!hiddenAnnotations.has(name)} onChange={() => onToggleAnnotation(name)} />
        </div>
      ))}
      <nav aria-label="Links">
        {dashboard.links.map((link) => (
          <div key={link.url} className="control">
            <LinkButton icon="apps" variant="secondary" fill="outline" href={dashboardLinkUrl(link, timeRangeParameters(timeRange), values)}>
              {link.title}
            </LinkButton>
          </div>
        ))}
      </nav>
    </header>
  );
}

function TimeControls({ dashboard, timeRange, refreshInterval, onRefresh }: ToolbarProps): ReactElement {
  const show = ({ from, to }: TimeRangeParameters): void => navigate(withParameters({ from: [from], to: [to] }));
  return (
    <div className="time-controls">
      <TimeRangePicker
        value={timeRange} timeZone="browser" onChange={(selected) => show(timeRangeParameters(selected))} onChangeTimeZone={() => undefined}
        onMoveBackward={() => show(shiftTimeRange(timeRange, -0.5, -0.5))} onMoveForward={() => show(shiftTimeRange(timeRange, 0.5, 0.5))}
        onZoom={() => show(shiftTimeRange(timeRange, -0.5, 0.5))} isOnCanvas
      />
      <RefreshPicker
        value={refreshInterval} intervals={[...dashboard.timepicker.refresh_intervals]} onRefresh={onRefresh} isOnCanvas
        onIntervalChanged={(interval) => navigate(withParameters({ refresh: [interval] }))}
      />
    </div>
  );
}

interface VariableSelectProps {
  readonly variable: Variable;
  readonly selected: readonly string[];
  readonly options: readonly string[];
}

/** A variable's label and its options; the selected values go into the URL. */
function VariableSelect({ variable, selected, options }: VariableSelectProps): ReactElement {
  const { name, label, multi, includeAll } = variable;
  const values = [...new Set([...options, ...selected.filter((value) => value !== ALL)])];
  const listed: ComboboxOption[] = [
    ...(includeAll ? [{ label: "All", value: ALL }] : []),
    ...values.map((value) => ({ label: value, value })),
  ];
  const select = (selection: readonly string[]): void => navigate(withParameters({ [`var-${name}`]: selection }));
  const id = `variable-${name}`;
  return (
    <div className="control variable">
      <label htmlFor={id}>{label}</label>
      {multi ? (
        <MultiCombobox
          id={id} options={listed} value={[...selected]} width="auto" minWidth={12}
          onChange={(selection) => select(resolveAll(selected, selection.map(({ value }) => value)))}
        />
      ) : (
        <Combobox id={id} options={listed} value={selected[0] ?? null} width="auto" minWidth={12} onChange={({ value }) => select([value])} />
      )}
    </div>
  );
}

/** "All" excludes other values: selecting it deselects them, and selecting one deselects it. No value means "All". */
function resolveAll(previous: readonly string[], selection: readonly string[]): readonly string[] {
  const values = selection.filter((value) => value !== ALL);
  const allWasAdded = selection.includes(ALL) && !previous.includes(ALL);
  return allWasAdded || values.length === 0 ? [ALL] : values;
}
