import { createTheme, ThemeContext } from "@grafana/data";
import { Alert, GlobalStyles, PanelContextProvider, PortalContainer } from "@grafana/ui";
import { useEffect, useMemo, useState, type CSSProperties, type ReactElement } from "react";
import { addressNow, goTo, type Address } from "./address";
import { dashboards, faults, renewed, type Dashboard } from "./dashboard";
import { Page } from "./Page";
import { pointing } from "./pointing";

/** The page: the dashboard that the address names, drawn anew when the address or the dashboards change. */
export function App(): ReactElement {
  const address = useAddress();
  const [all, troubles] = useDashboards();
  const theme = useMemo(() => createTheme({ colors: { mode: address.light ? "light" : "dark" } }), [address.light]);
  const { background, text, error } = theme.colors;
  const ground = { "--ground": background.canvas, "--text": text.primary, "--quiet": text.secondary, "--bad": error.text };
  return (
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <PanelContextProvider value={pointing}>
        <div className="page" style={ground as CSSProperties} onClick={followed}>
          {troubles.map(({ title, words }) => (
            <Alert key={title} severity="error" title={`${title}${all ? ": these are the last good ones" : ""}`}>
              <span className="faults">{words}</span>
            </Alert>
          ))}
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

interface Trouble {
  readonly title: string;
  readonly words: string;
}

/** The last dashboards that could be read, and what is wrong with newer ones; read anew when the server says so. */
function useDashboards(): readonly [readonly Dashboard[] | undefined, readonly Trouble[]] {
  const [all, setAll] = useState<readonly Dashboard[]>();
  const [unread, setUnread] = useState<string>("");
  const [unbuilt, setUnbuilt] = useState<string>("");
  useEffect(() => {
    const words = (error: unknown): string => (error instanceof Error ? error.message : String(error));
    const read = (): void => {
      dashboards().then((found) => (setAll((before) => renewed(before, found)), setUnread("")), (error: unknown) => setUnread(words(error)));
      faults().then(setUnbuilt, () => undefined);
    };
    const changes = new EventSource("/changes");
    changes.onmessage = read;
    read();
    return () => changes.close();
  }, []);
  const troubles = [
    { title: "The dashboards cannot be built", words: unbuilt },
    { title: "The dashboards cannot be read", words: unread },
  ];
  return [all, troubles.filter(({ words }) => words !== "")];
}

/** Follow a link between dashboards without loading the page anew. */
function followed(event: React.MouseEvent): void {
  const link = (event.target as Element).closest("a");
  if (!link || !link.pathname.startsWith("/d/") || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  goTo(link.href);
}
