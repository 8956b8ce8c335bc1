import type { TimeRange } from "@grafana/data";
import { Combobox, MultiCombobox, RefreshPicker, TimeRangePicker, ToolbarButton, type ComboboxOption } from "@grafana/ui";
import type { ReactElement } from "react";
import type { Dashboard, Variable } from "./dashboard";
import { ALL, type VariableValues } from "./interpolation";
import { shiftTimeRange, timeRangeParameters, type TimeRangeParameters } from "./timeRange";
import { currentUrl, dashboardLinkUrl, navigate, withParameters } from "./url";

interface ToolbarProps {
  readonly dashboard: Dashboard;
  readonly timeRange: TimeRange;
  readonly values: VariableValues;
  readonly options: VariableValues;
  readonly refreshInterval: string;
  readonly onRefresh: () => void;
}

/** The dashboard's title, its links to other dashboards, the time controls and the variables. */
export function Toolbar(props: ToolbarProps): ReactElement {
  const { dashboard, timeRange, values, options } = props;
  const variables = dashboard.templating.list.filter(({ type }) => type === "query");
  return (
    <header>
      <div className="toolbar">
        <h1 title={dashboard.description}>{dashboard.title}</h1>
        <nav>
          {dashboard.links.map((link) => (
            <a key={link.url} href={dashboardLinkUrl(link, timeRangeParameters(timeRange), values)}>
              {link.title}
            </a>
          ))}
        </nav>
        <TimeControls {...props} />
      </div>
      <div className="toolbar">
        {variables.map((variable) => (
          <VariableSelect key={variable.name} variable={variable} selected={values[variable.name] ?? []} options={options[variable.name] ?? []} />
        ))}
      </div>
    </header>
  );
}

function TimeControls({ dashboard, timeRange, refreshInterval, onRefresh }: ToolbarProps): ReactElement {
  const show = ({ from, to }: TimeRangeParameters): void => navigate(withParameters({ from: [from], to: [to] }));
  const { light } = currentUrl();
  const otherTheme = light ? "Dark" : "Light";
  return (
    <div className="time-controls">
      <TimeRangePicker
        value={timeRange} timeZone="browser" onChange={(selected) => show(timeRangeParameters(selected))} onChangeTimeZone={() => undefined}
        onMoveBackward={() => show(shiftTimeRange(timeRange, -0.5, -0.5))} onMoveForward={() => show(shiftTimeRange(timeRange, 0.5, 0.5))}
        onZoom={() => show(shiftTimeRange(timeRange, -0.5, 0.5))}
      />
      <RefreshPicker
        value={refreshInterval} intervals={[...dashboard.timepicker.refresh_intervals]} onRefresh={onRefresh}
        onIntervalChanged={(interval) => navigate(withParameters({ refresh: [interval] }))}
      />
      <ToolbarButton
        icon="adjust-circle" tooltip={otherTheme} aria-label={otherTheme}
        onClick={() => navigate(withParameters({ theme: [light ? "dark" : "light"] }))}
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
    <div className="variable">
      <label htmlFor={id}>{label}</label>
      {multi ? (
        <MultiCombobox
          id={id} options={listed} value={[...selected]} width="auto" minWidth={16}
          onChange={(selection) => select(resolveAll(selected, selection.map(({ value }) => value)))}
        />
      ) : (
        <Combobox id={id} options={listed} value={selected[0] ?? null} width="auto" minWidth={16} onChange={({ value }) => select([value])} />
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
