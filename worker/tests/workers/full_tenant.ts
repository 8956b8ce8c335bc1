/** The series of a tenant that uses everything: 52, of each metric for each route and model of the contract. */

import { METRIC_DEFINITIONS, type MetricDefinition, type RawLabels } from "../../src/series.ts";

export const SERIES_PER_TENANT = 52;
const ROUTES = ["/chat", "/search", "other"];
const MODELS = ["@cf/meta/llama-3.1-8b-instruct", "@cf/baai/bge-base-en-v1.5"];
const METRICS = Object.values(METRIC_DEFINITIONS).filter(({ labels }) => labels.includes("tenant_id"));
const COMBINATIONS = ROUTES.flatMap((route) => MODELS.map((model) => ({ route, model, finish_reason: "stop", error_class: "other" })))
  .flatMap((labels) => METRICS.filter((metric) => metric.labels.includes("model") || labels.model === MODELS[0]).map((metric) => ({ metric, labels })))
  .slice(0, SERIES_PER_TENANT);

export function seriesOfTenant(tenant: number): { metric: MetricDefinition; labels: RawLabels }[] {
  const tenant_id = `tenant-${String(tenant).padStart(5, "0")}.example.com`;
  return COMBINATIONS.map(({ metric, labels }) => ({ metric, labels: { tenant_id, ...labels } }));
}
