import { createTheme, ThemeContext } from "@grafana/data";
import { Alert, GlobalStyles, PanelContextProvider, PortalContainer } from "@grafana/ui";
import { useEffect, useMemo, useState, type CSSProperties, type ReactElement } from "react";
import { sharedCrosshair } from "./crosshair";
import { fetchBuildProblems, fetchDashboards, reuseUnchanged, type Dashboard } from "./dashboard";
import { DashboardPage } from "./DashboardPage";
import { currentUrl, navigate, type UrlState } from "./url";

/** The dashboard of the URL, rendered again when the URL or the dashboards change. */
export function App(): ReactElement {
  const url = useUrl();
  const [dashboards, problems] = useDashboards();
  const theme = useMemo(() => createTheme({ colors: { mode: url.light ? "light" : "dark" } }), [url.light]);
  const { background, text, error } = theme.colors;
  const colors = { "--background": background.canvas, "--text": text.primary, "--text-secondary": text.secondary, "--error": error.text };
  return (
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <PanelContextProvider value={sharedCrosshair}>
        <div className="page" style={colors as CSSProperties} onClick={followDashboardLink}>
          {problems.map(({ title, text }) => (
            <Alert key={title} severity="error" title={`${title}${dashboards ? "; showing the last valid version" : ""}`}>
              <span className="problems">{text}</span>
            </Alert>
          ))}
          {dashboards && <SelectedDashboard dashboards={dashboards} url={url} />}
        </div>
        <PortalContainer />
      </PanelContextProvider>
    </ThemeContext.Provider>
  );
}

function SelectedDashboard({ dashboards, url }: { dashboards: readonly Dashboard[]; url: UrlState }): ReactElement {
  const home = dashboards.find(({ title }) => title === "Overview") ?? dashboards[0];
  const dashboard = url.uid === undefined ? home : dashboards.find(({ uid }) => uid === url.uid);
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
