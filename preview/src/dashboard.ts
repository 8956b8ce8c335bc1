/** The part of Grafana's dashboard JSON that the generator writes, and the requests that fetch it from the server. */
import type { DataTransformerConfig, FieldConfigSource } from "@grafana/data";
import { withDefaults } from "./grafanaDefaults";

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
  readonly annotations: { readonly list: readonly AnnotationQuery[] };
  readonly links: readonly DashboardLink[];
  readonly time: { readonly from: string; readonly to: string };
  readonly refresh: string;
  readonly timepicker: { readonly refresh_intervals: readonly string[] };
}

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: GridPosition;
  readonly targets?: readonly Target[];
  readonly fieldConfig: FieldConfigSource;
  readonly options: unknown;
  readonly transformations?: DataTransformerConfig[];
  /** Rows only; a collapsed row contains its panels, an expanded one is followed by them. */
  readonly collapsed?: boolean;
  readonly panels?: readonly Panel[];
}

/** In Grafana's grid units: `x` and `w` in 24ths of the width, `y` and `h` in rows of 30 pixels with gaps of 8. */
export interface GridPosition {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly format: "time_series" | "table" | "heatmap";
  readonly instant: boolean;
  /** The minimum step, such as `15s`. */
  readonly interval?: string;
  readonly legendFormat: string;
}

export interface Variable {
  readonly name: string;
  readonly label: string;
  readonly type: "datasource" | "query";
  readonly multi: boolean;
  readonly includeAll: boolean;
  readonly allValue?: string;
  readonly current?: { readonly value: string | readonly string[] };
  readonly query: string | { readonly query: string };
}

export interface AnnotationQuery {
  readonly name: string;
  readonly enable: boolean;
  readonly builtIn?: number;
  readonly expr?: string;
  readonly iconColor: string;
  readonly step?: string;
  readonly titleFormat?: string;
  readonly textFormat?: string;
}

export interface DashboardLink {
  readonly title: string;
  readonly url: string;
  readonly includeVars: boolean;
  readonly keepTime: boolean;
}

/** Fetch all dashboards, in the order of their file names. Throws if one is not valid. */
export async function fetchDashboards(): Promise<readonly Dashboard[]> {
  const names = JSON.parse(await fetchText("/dashboards/")) as string[];
  return Promise.all(names.map(async (name) => parseDashboard(name, await fetchText(`/dashboards/${encodeURIComponent(name)}`))));
}

/** Fetch the error messages of the last build; empty if it succeeded. */
export async function fetchBuildProblems(): Promise<string> {
  return (await fetchText("/problems")).trim();
}

/** Return `next`, with each part that equals its counterpart in `previous` replaced by it: only changes are rendered again. */
export function reuseUnchanged<T>(previous: unknown, next: T): T {
  if (JSON.stringify(previous) === JSON.stringify(next)) return previous as T;
  if (typeof previous !== "object" || typeof next !== "object" || previous === null || next === null) return next;
  if (Array.isArray(next)) return next.map((item) => reuseUnchanged(counterpart(previous, item), item)) as T;
  const entries = Object.entries(next).map(([key, value]) => {
    return [key, reuseUnchanged((previous as Record<string, unknown>)[key], value)];
  });
  return Object.fromEntries(entries) as T;
}

/** Return the dashboard of the same uid, or the panel of the same id. */
function counterpart(previous: unknown, { uid, id }: Partial<Dashboard & Panel>): unknown {
  if (!Array.isArray(previous)) return undefined;
  return previous.find((candidate: Partial<Dashboard & Panel>) => candidate.uid === uid && candidate.id === id);
}

function parseDashboard(name: string, text: string): Dashboard {
  const hint = "run `make build`";
  try {
    const dashboard = JSON.parse(text) as Dashboard;
    const { panels, templating, annotations, links, timepicker, uid, time } = dashboard;
    const lists = [panels, templating?.list, annotations?.list, links, timepicker?.refresh_intervals];
    if (lists.every(Array.isArray) && uid && time) return { ...dashboard, panels: panels.map(withDefaults) };
  } catch (error) {
    throw new Error(`${name}: not valid JSON (${(error as Error).message}); ${hint}`);
  }
  throw new Error(`${name}: not a dashboard of this project; ${hint}`);
}

async function fetchText(path: string): Promise<string> {
  const response = await fetch(path, { cache: "no-store" });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${text}`);
  return text;
}
