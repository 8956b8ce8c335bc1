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
  const names = (await fetched("/dashboards/")) as string[];
  return Promise.all(names.map((name) => fetched(`/dashboards/${encodeURIComponent(name)}`) as Promise<Dashboard>));
}

async function fetched(path: string): Promise<unknown> {
  const answer = await fetch(path, { cache: "no-store" });
  if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
  return answer.json();
}
