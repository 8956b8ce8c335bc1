import { createTheme, ThemeContext } from "@grafana/data";
import { Alert, GlobalStyles, PanelContextProvider, PortalContainer } from "@grafana/ui";
import { useEffect, useMemo, useState, type CSSProperties, type ReactElement } from "react";
import { addressNow, goTo, type Address } from "./address";
import { dashboards, type Dashboard } from "./dashboard";
import { Page } from "./Page";
import { pointing } from "./pointing";

/** The page: the dashboard that the address names, drawn anew when the address or the dashboards change. */
export function App(): ReactElement {
  const address = useAddress();
  const [all, trouble] = useDashboards();
  const theme = useMemo(() => createTheme({ colors: { mode: address.light ? "light" : "dark" } }), [address.light]);
  const { background, text, error } = theme.colors;
  const ground = { "--ground": background.canvas, "--text": text.primary, "--quiet": text.secondary, "--bad": error.text };
  return (
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <PanelContextProvider value={pointing}>
        <div className="page" style={ground as CSSProperties} onClick={followed}>
          {trouble && <Alert severity="error" title="The dashboards cannot be read">{trouble}</Alert>}
          {all && <Shown all={all} address={address} />}
        </div>
        <PortalContainer />
      </PanelContextProvider>
    </ThemeContext.Provider>
  );
}

function Shown({ all, address }: { all: readonly Dashboard[]; address: Address }): ReactElement {
  const first = all.find(({ title }) => title === "Overview") ?? all[0];
  const dashboard = address.uid === undefined ? first : all.find(({ uid }) => uid === address.uid);
  useEffect(() => {
    document.title = dashboard?.title ?? "Preview";
  }, [dashboard]);
  if (dashboard) return <Page dashboard={dashboard} address={address} />;
  return (
    <Alert severity="error" title={`There is no dashboard ${address.uid ?? ""}`}>
      There are {all.map(({ uid }) => uid).join(", ")}.
    </Alert>
  );
}

function useAddress(): Address {
  const [address, setAddress] = useState(addressNow);
  useEffect(() => {
    const look = (): void => setAddress(addressNow());
    window.addEventListener("popstate", look);
    return () => window.removeEventListener("popstate", look);
  }, []);
  return address;
}

/** The dashboards, and why they cannot be read; read anew when the server says that they changed. */
function useDashboards(): readonly [readonly Dashboard[] | undefined, string | undefined] {
  const [all, setAll] = useState<readonly Dashboard[]>();
  const [trouble, setTrouble] = useState<string>();
  useEffect(() => {
    const read = (): void => {
      dashboards().then(
        (found) => (setAll(found), setTrouble(undefined)),
        (error: unknown) => setTrouble(error instanceof Error ? error.message : String(error)),
      );
    };
    const changes = new EventSource("/changes");
    changes.onmessage = read;
    read();
    return () => changes.close();
  }, []);
  return [all, trouble];
}

/** Follow a link between dashboards without loading the page anew. */
function followed(event: React.MouseEvent): void {
  const link = (event.target as Element).closest("a");
  if (!link || !link.pathname.startsWith("/d/") || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  goTo(link.href);
}
