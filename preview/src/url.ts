/** The page's URL: the dashboard, the time range and the variables, in Grafana's form so that its links work here. */
import type { DashboardLink } from "./dashboard";
import type { VariableValues } from "./interpolation";
import type { TimeRangeParameters } from "./timeRange";

export interface UrlState {
  readonly uid: string | undefined;
  /** Such as `now-6h`, or milliseconds since 1970; undefined: the dashboard's default. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly refresh: string | undefined;
  readonly light: boolean;
  readonly variables: VariableValues;
}

export function currentUrl(): UrlState {
  const { pathname, searchParams } = new URL(window.location.href);
  const variableKeys = [...searchParams.keys()].filter((key) => key.startsWith("var-"));
  return {
    uid: /^\/d\/([^/]+)/.exec(pathname)?.[1],
    from: searchParams.get("from") ?? undefined,
    to: searchParams.get("to") ?? undefined,
    refresh: searchParams.get("refresh") ?? undefined,
    light: searchParams.get("theme") === "light",
    variables: Object.fromEntries(variableKeys.map((key) => [key.slice("var-".length), searchParams.getAll(key)])),
  };
}

/** Go to a URL of this page without a reload; listeners of `popstate` are notified. */
export function navigate(href: string): void {
  window.history.pushState(null, "", withCurrentTheme(href));
  window.dispatchEvent(new PopStateEvent("popstate"));
}

/** Return the current URL with some of its parameters replaced; an empty list removes a parameter. */
export function withParameters(parameters: Readonly<Record<string, readonly string[]>>): string {
  const url = new URL(window.location.href);
  for (const [name, values] of Object.entries(parameters)) {
    url.searchParams.delete(name);
    for (const value of values) url.searchParams.append(name, value);
  }
  return url.pathname + url.search;
}

/** Return the URL of a dashboard link, with the current time range and variables if the link includes them. */
export function dashboardLinkUrl(link: DashboardLink, timeRange: TimeRangeParameters, variables: VariableValues): string {
  const parameters = new URLSearchParams(link.keepTime ? { ...timeRange } : {});
  if (link.includeVars) {
    for (const [name, values] of Object.entries(variables)) {
      for (const value of values) parameters.append(`var-${name}`, value);
    }
  }
  return `${link.url}?${parameters.toString()}`;
}

function withCurrentTheme(href: string): string {
  const url = new URL(href, window.location.href);
  if (currentUrl().light && !url.searchParams.has("theme")) url.searchParams.set("theme", "light");
  return url.pathname + url.search;
}
