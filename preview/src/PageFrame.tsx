import { Icon, ToolbarButton } from "@grafana/ui";
import type { ReactElement, ReactNode } from "react";
import type { Dashboard } from "./dashboard";
import { currentUrl, navigate, withParameters } from "./url";

interface PageFrameProps {
  readonly dashboards: readonly Dashboard[];
  readonly selected: Dashboard | undefined;
  readonly children: ReactNode;
}

/**
 * A frame as wide and as high as Grafana's, so that the panels have the same size: a menu beside them, hidden in a narrow
 * window, and above them the path of the dashboard and a row of actions.
 */
export function PageFrame({ dashboards, selected, children }: PageFrameProps): ReactElement {
  return (
    <div className="frame">
      <aside className="menu">
        <div className="bar menu-title">Preview</div>
        <nav aria-label="Dashboards">
          {dashboards.map(({ uid, title }) => (
            <a key={uid} href={`/d/${uid}`} aria-current={uid === selected?.uid ? "page" : undefined}>
              <Icon name="apps" />
              {title}
            </a>
          ))}
        </nav>
      </aside>
      <div className="content">
        <div className="bar">
          <span className="path">Dashboards</span>
          <Icon name="angle-right" />
          <h1 title={selected?.description}>{selected?.title}</h1>
        </div>
        <div className="bar actions">
          <ThemeButton />
        </div>
        {children}
      </div>
    </div>
  );
}

function ThemeButton(): ReactElement {
  const { light } = currentUrl();
  const otherTheme = light ? "Dark" : "Light";
  return (
    <ToolbarButton
      icon="adjust-circle" tooltip={otherTheme} aria-label={otherTheme}
      onClick={() => navigate(withParameters({ theme: [light ? "dark" : "light"] }))}
    />
  );
}
