import type { TimeRange } from "@grafana/data";
import { RefreshPicker, TimeRangePicker, ToolbarButton } from "@grafana/ui";
import type { ReactElement } from "react";
import { addressNow, changed, goTo, linked } from "./address";
import type { Choices } from "./choices";
import { Choosing } from "./Choosing";
import type { Dashboard } from "./dashboard";
import { shifted, spoken } from "./time";

interface ToolbarProps {
  readonly dashboard: Dashboard;
  readonly range: TimeRange;
  readonly choices: Choices;
  readonly options: Choices;
  readonly refresh: string;
  readonly onRefresh: () => void;
}

/** Above the panels: the title, the way to the other dashboards, the choices, the time, and the light. */
export function Toolbar(props: ToolbarProps): ReactElement {
  const { dashboard, range, choices, options } = props;
  const variables = dashboard.templating.list.filter(({ type }) => type === "query");
  return (
    <header>
      <div className="bar">
        <h1 title={dashboard.description}>{dashboard.title}</h1>
        <nav>
          {dashboard.links.map((link) => (
            <Way key={link.url} title={link.title} href={linked(link, spoken(range), choices)} />
          ))}
        </nav>
        <Times {...props} />
      </div>
      <div className="bar">
        {variables.map((variable) => (
          <Choosing key={variable.name} variable={variable} chosen={choices[variable.name] ?? []} options={options[variable.name] ?? []} />
        ))}
      </div>
    </header>
  );
}

function Way({ title, href }: { title: string; href: string }): ReactElement {
  return <a href={href}>{title}</a>;
}

function Times({ dashboard, range, refresh, onRefresh }: ToolbarProps): ReactElement {
  const show = ({ from, to }: { from: string; to: string }): void => goTo(changed({ from: [from], to: [to] }));
  const light = addressNow().light;
  return (
    <div className="times">
      <TimeRangePicker
        value={range} timeZone="browser" onChange={(picked) => show(spoken(picked))} onChangeTimeZone={() => undefined}
        onMoveBackward={() => show(shifted(range, -0.5, -0.5))} onMoveForward={() => show(shifted(range, 0.5, 0.5))}
        onZoom={() => show(shifted(range, -0.5, 0.5))}
      />
      <RefreshPicker
        value={refresh} intervals={[...dashboard.timepicker.refresh_intervals]} onRefresh={onRefresh}
        onIntervalChanged={(every) => goTo(changed({ refresh: [every] }))}
      />
      <ToolbarButton
        icon="adjust-circle" tooltip={light ? "Dark" : "Light"} aria-label={light ? "Dark" : "Light"}
        onClick={() => goTo(changed({ theme: [light ? "dark" : "light"] }))}
      />
    </div>
  );
}
