/** The part of Grafana's dashboard JSON that this project writes, and so the part that the page reads. */
import type { DataTransformerConfig, FieldConfigSource } from "@grafana/data";

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
  readonly annotations: { readonly list: readonly Annotation[] };
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
  /** Of a row: whether it is folded, and what it then keeps. */
  readonly collapsed?: boolean;
  readonly panels?: readonly Panel[];
}

/** In 24ths of the width (`x`, `w`) and in rows of 30 pixels with 8 between them (`y`, `h`), as Grafana lays panels out. */
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

export interface Annotation {
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

/** All dashboards that the server has, in the order of their file names. Throws where one cannot be read. */
export async function dashboards(): Promise<readonly Dashboard[]> {
  const names = JSON.parse(await fetched("/dashboards/")) as string[];
  return Promise.all(names.map(async (name) => read(name, await fetched(`/dashboards/${encodeURIComponent(name)}`))));
}

/** What is now, made of the parts of before wherever they read the same: what did not change is not drawn anew. */
export function renewed<T>(before: unknown, now: T): T {
  if (JSON.stringify(before) === JSON.stringify(now)) return before as T;
  if (typeof before !== "object" || typeof now !== "object" || before === null || now === null) return now;
  if (Array.isArray(now)) return now.map((one) => renewed(counterpart(before, one), one)) as T;
  const parts = Object.entries(now).map(([key, part]) => [key, renewed((before as Record<string, unknown>)[key], part)]);
  return Object.fromEntries(parts) as T;
}

/** The dashboard of the same uid, or the panel of the same id. */
function counterpart(before: unknown, { uid, id }: Partial<Dashboard & Panel>): unknown {
  return Array.isArray(before) ? before.find((one: Partial<Dashboard & Panel>) => one.uid === uid && one.id === id) : undefined;
}

/** What the last build of the dashboards complained of; empty where it was content. */
export async function faults(): Promise<string> {
  return (await fetched("/faults")).trim();
}

function read(name: string, text: string): Dashboard {
  const cure = "build it anew";
  try {
    const found = JSON.parse(text) as Dashboard;
    const lists = [found.panels, found.templating?.list, found.annotations?.list, found.links, found.timepicker?.refresh_intervals];
    if (lists.every(Array.isArray) && found.uid && found.time) return found;
  } catch (error) {
    throw new Error(`${name}: it is no JSON (${(error as Error).message}); ${cure}`);
  }
  throw new Error(`${name}: it is no dashboard of this project; ${cure}`);
}

async function fetched(path: string): Promise<string> {
  const answer = await fetch(path, { cache: "no-store" });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${text}`);
  return text;
}
