import { ThemeContext, type GrafanaTheme2 } from "@grafana/data";
import { Alert, GlobalStyles, PanelContextProvider, PortalContainer } from "@grafana/ui";
import { useEffect, useMemo, useState, type CSSProperties, type ReactElement } from "react";
import { sharedCrosshair } from "./crosshair";
import { fetchBuildProblems, fetchDashboards, reuseUnchanged, type Dashboard } from "./dashboard";
import { DashboardPage } from "./DashboardPage";
import { PageFrame } from "./PageFrame";
import { grafanaTheme } from "./theme";
import { currentUrl, navigate, type UrlState } from "./url";

/** The dashboard of the URL, rendered again when the URL or the dashboards change. */
export function App(): ReactElement {
  const url = useUrl();
  const [dashboards, problems] = useDashboards();
  const theme = useMemo(() => grafanaTheme(url.light), [url.light]);
  const selected = dashboards && selectDashboard(dashboards, url);
  return (
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <PanelContextProvider value={sharedCrosshair}>
        <div className="page" style={cssColors(theme)} onClick={followDashboardLink}>
          <PageFrame dashboards={dashboards ?? []} selected={selected}>
            {problems.map(({ title, text }) => (
              <Alert key={title} severity="error" title={`${title}${dashboards ? "; showing the last valid version" : ""}`}>
                <span className="problems">{text}</span>
              </Alert>
            ))}
            {dashboards && <SelectedDashboard dashboards={dashboards} dashboard={selected} url={url} />}
          </PageFrame>
        </div>
        <PortalContainer />
      </PanelContextProvider>
    </ThemeContext.Provider>
  );
}

/** The colors of the page's own style sheet, as variables. */
function cssColors({ colors: { background, border, text, error } }: GrafanaTheme2): CSSProperties {
  return {
    "--background": background.canvas,
    "--background-frame": background.primary,
    "--background-hover": background.secondary,
    "--border": border.weak,
    "--border-control": border.medium,
    "--text": text.primary,
    "--text-secondary": text.secondary,
    "--error": error.text,
  } as CSSProperties;
}

/** Return the dashboard of the URL; without one the Overview. */
function selectDashboard(dashboards: readonly Dashboard[], { uid }: UrlState): Dashboard | undefined {
  if (uid !== undefined) return dashboards.find((dashboard) => dashboard.uid === uid);
  return dashboards.find(({ uid: candidate }) => candidate.endsWith("overview")) ?? dashboards[0];
}

interface SelectedDashboardProps {
  readonly dashboards: readonly Dashboard[];
  readonly dashboard: Dashboard | undefined;
  readonly url: UrlState;
}

function SelectedDashboard({ dashboards, dashboard, url }: SelectedDashboardProps): ReactElement {
  useEffect(() => {
    document.title = dashboard?.title ?? "Preview";
  }, [dashboard]);
  if (dashboard) return <DashboardPage dashboard={dashboard} url={url} />;
  return (
    <Alert severity="error" title={`Dashboard ${url.uid ?? ""} not found`}>
      Use one of {dashboards.map(({ uid }) => uid).join(", ")}.
    </Alert>
  );
}

function useUrl(): UrlState {
  const [url, setUrl] = useState(currentUrl);
  useEffect(() => {
    const update = (): void => setUrl(currentUrl());
    window.addEventListener("popstate", update);
    return () => window.removeEventListener("popstate", update);
  }, []);
  return url;
}

interface Problem {
  readonly title: string;
  readonly text: string;
}

/** Return the last valid dashboards and the problems of newer ones; fetched again when the server reports a change. */
function useDashboards(): readonly [readonly Dashboard[] | undefined, readonly Problem[]] {
  const [dashboards, setDashboards] = useState<readonly Dashboard[]>();
  const [invalid, setInvalid] = useState<string>("");
  const [failedBuild, setFailedBuild] = useState<string>("");
  useEffect(() => {
    const update = (): void => {
      fetchDashboards().then(
        (latest) => (setDashboards((previous) => reuseUnchanged(previous, latest)), setInvalid("")),
        (error: unknown) => setInvalid(error instanceof Error ? error.message : String(error)),
      );
      fetchBuildProblems().then(setFailedBuild, () => undefined);
    };
    const changes = new EventSource("/changes");
    changes.onmessage = update;
    update();
    return () => changes.close();
  }, []);
  const problems = [
    { title: "Dashboards cannot be built", text: failedBuild },
    { title: "Dashboards cannot be loaded", text: invalid },
  ];
  return [dashboards, problems.filter(({ text }) => text !== "")];
}

/** Follow a link to a dashboard without a reload. */
function followDashboardLink(event: React.MouseEvent): void {
  const link = (event.target as Element).closest("a");
  if (!link || !link.pathname.startsWith("/d/") || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  navigate(link.href);
}
