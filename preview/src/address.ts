/** The page's address: which dashboard, which time, which choices, in Grafana's own form, so that its links work here. */
import type { Choices } from "./choices";
import type { DashboardLink } from "./dashboard";

export interface Address {
  readonly uid: string | undefined;
  /** As `now-6h`, or milliseconds since 1970; absent: the dashboard's own. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly refresh: string | undefined;
  readonly light: boolean;
  readonly asked: Choices;
}

export function addressNow(): Address {
  const { pathname, searchParams } = new URL(window.location.href);
  const names = [...searchParams.keys()].filter((key) => key.startsWith("var-"));
  return {
    uid: /^\/d\/([^/]+)/.exec(pathname)?.[1],
    from: searchParams.get("from") ?? undefined,
    to: searchParams.get("to") ?? undefined,
    refresh: searchParams.get("refresh") ?? undefined,
    light: searchParams.get("theme") === "light",
    asked: Object.fromEntries(names.map((key) => [key.slice("var-".length), searchParams.getAll(key)])),
  };
}

/** Go to an address of this page without loading it anew; every listener of `popstate` hears of it. */
export function goTo(href: string): void {
  window.history.pushState(null, "", keepingTheme(href));
  window.dispatchEvent(new PopStateEvent("popstate"));
}

/** The present address with some of its parameters changed; an empty list takes a parameter away. */
export function changed(parameters: Readonly<Record<string, readonly string[]>>): string {
  const url = new URL(window.location.href);
  for (const [name, values] of Object.entries(parameters)) {
    url.searchParams.delete(name);
    for (const value of values) url.searchParams.append(name, value);
  }
  return url.pathname + url.search;
}

/** Where a dashboard's link leads: with the present time and choices, where the link is to keep them. */
export function linked(link: DashboardLink, time: { from: string; to: string }, choices: Choices): string {
  const parameters = new URLSearchParams(link.keepTime ? time : {});
  if (link.includeVars) {
    for (const [name, values] of Object.entries(choices)) {
      for (const value of values) parameters.append(`var-${name}`, value);
    }
  }
  return `${link.url}?${parameters.toString()}`;
}

function keepingTheme(href: string): string {
  const url = new URL(href, window.location.href);
  if (addressNow().light && !url.searchParams.has("theme")) url.searchParams.set("theme", "light");
  return url.pathname + url.search;
}
