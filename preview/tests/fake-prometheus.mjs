/**
 * A fake Prometheus that answers the dashboards' queries with plausible, deterministic numbers. It reads a query only as
 * far as needed for the labels of the result and the kind of its values.
 */
import { createServer } from "node:http";

const LABEL_VALUES = {
  tenant_id: ["com.rainbowsmokeofficial", "com-mrrainbowsmoke", "acme", "globex", "initech", "umbrella"],
  route: ["/chat", "/ingest", "/search"],
  service: ["worker-api", "ingest-worker"],
  model: [
    "@cf/meta/llama-3.1-8b-instruct-fp8-fast",
    "@cf/meta/llama-3.3-70b-instruct-fp8-fast",
    "@cf/openai/gpt-oss-20b",
    "@cf/qwen/qwen3-30b-a3b-fp8",
    "@cf/baai/bge-m3",
  ],
  direction: ["input", "output"],
  store: ["vectorize", "kv", "durable_objects"],
  product: ["workers_ai", "workers", "kv", "durable_objects"],
  error_class: ["capacity", "timeout", "safety"],
  finish_reason: ["stop", "length", "content_filter", "error"],
  alertname: ["RouteHighErrorRate", "AICostForecast"],
  severity: ["page", "ticket"],
  owner: ["platform", "finance"],
  endpoint: ["1", "2"],
  reason: ["buffer_full", "refused", "invalid"],
  rule_group: ["/etc/prometheus/rules/telemetry.yaml;production:telemetry"],
  alertmanager: ["http://alertmanager:9093/api/v2/alerts"],
  integration: ["pagerduty", "webhook"],
};
/** Why increments are counted without their tenant; the others are why they are lost. */
const REASONS_OF_OVERFLOW = ["isolate_full", "shard_full"];
/** The one model whose tokens have no price. */
const MODEL_WITHOUT_PRICE = "@cf/google/gemma-3-12b-it";
const BUCKET_BOUNDS = {
  latency_ms: [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000],
  rag_retrieval_count: [0, 1, 2, 3, 5, 10, 20, 50, 100],
};
const SERVICE_OF_ROUTE = { "/chat": "worker-api", "/search": "worker-api", "/ingest": "ingest-worker" };
const SEVERITY_OF_ALERT = { RouteHighErrorRate: "page", AICostForecast: "ticket" };
const OWNER_OF_ALERT = { RouteHighErrorRate: "platform", AICostForecast: "finance" };
const HOUR = 3600;

/** Return label values with a number of routes instead of the three. */
export function numberedRoutes(count) {
  return { ...LABEL_VALUES, route: Array.from({ length: count }, (_, index) => `/v1/resource-${index + 1}`) };
}

/**
 * Start on loopback. `fails(query)` selects the queries that return an error, `isEmpty(query)` those that return
 * nothing. Resolves to `{ url, close() }`.
 */
export async function fakePrometheus({ fails = () => false, isEmpty = () => false, labelValues = LABEL_VALUES } = {}) {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://fake");
    const query = searchParams.get("query");
    const failed = query !== null && fails(query);
    response.writeHead(failed ? 422 : 200, { "content-type": "application/json" });
    const error = { status: "error", errorType: "execution", error: "the query hit a limit of this test" };
    const data = () => (query !== null && isEmpty(query) ? emptyResult(pathname) : resultOf(pathname, searchParams, labelValues));
    response.end(JSON.stringify(failed ? error : { status: "success", data: data() }));
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const close = () => new Promise((done) => (server.closeAllConnections(), server.close(done)));
  return { url: `http://127.0.0.1:${server.address().port}`, close };
}

const emptyResult = (path) => ({ resultType: path.endsWith("_range") ? "matrix" : "vector", result: [] });

function resultOf(path, parameters, labelValues) {
  const label = /\/label\/(.+)\/values$/.exec(path)?.[1];
  if (label) return labelValues[label] ?? [];
  if (!parameters.has("query")) return [];
  const query = readPart(parameters.get("query"));
  const metrics = labelSets(query, labelValues);
  if (path.endsWith("/query")) {
    const time = Number(parameters.get("time"));
    const result = metrics.map((metric) => ({ metric, value: [time, String(valueOf(query, metric, time))] }));
    return { resultType: "vector", result: sortResult(query, result) };
  }
  const [start, end, step] = ["start", "end", "step"].map((name) => Number(parameters.get(name)));
  const times = Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, index) => start + index * step);
  const samples = (metric) => times.filter((time) => hasSample(query, time, step)).map((time) => [time, String(valueOf(query, metric, time))]);
  const result = metrics.map((metric) => ({ metric, values: samples(metric) })).filter(({ values }) => values.length > 0);
  return { resultType: "matrix", result };
}

/**
 * Return a query without the label that all series of the platform have: every value is of the one platform; and without
 * what selects series where all tenants are selected: every value is of all tenants then.
 */
const withoutPlatform = (query) =>
  query
    .replace(/,?tenant_id="",tenant_id=~`[^`]*`/g, "")
    .replace(/,?tenant_id=~`\(\)`/g, "")
    .replace(/label_replace\((vector\([^)]*\)), "platform", "\w+", "", ""\)/g, "$1")
    .replace(/platform="[^"]*",?/g, "")
    .replace(/\{,?\}/g, "")
    .replace(/\{,/g, "{")
    .replace(/ by \(platform\) /g, "")
    .replace(/\b(by|on) \(platform, /g, "$1 (");

/** Return a query without what selects routes by the models that they call: every value is of all models. */
const withoutModels = (query) =>
  query
    .replace(/ and on \((tenant_id, )?route, service\) (sum by \([^)]*\) \(increase\(ai_requests_total(\{[^}]*\})?\[5m\]\)\)|route_service_model:ai_requests_total:increase5m(\{[^}]*\})?)/g, "")
    .replace(/,?model="",model=~`[^`]*`/g, "")
    .replace(/\{,/g, "{");

/**
 * Return the part of a query that is read: without what it requires of the newest heartbeat, without the values that a
 * threshold is near, and without outer brackets.
 */
function readPart(query) {
  const [part] = withoutModels(withoutPlatform(query).replace(/\s+/g, " ")).split(/ and on \(\) max\(last_over_time\(telemetry_heartbeat| < on \([^)]*\) ?\(? ?4 \*/);
  return part.replace(/^[( ]+/, "");
}

const isRounded = (query) => /^(topk\(\d+, )?round\(/.test(query);
/** A panel that is coloured by an alert's threshold has the name of a level as a label. */
const isLevel = (query) => query.startsWith("label_replace(");

/** Return the label sets of the result: every possible combination that the query's matchers select. */
function labelSets(query, labelValues) {
  if (isLevel(query)) return [{ level: "ok" }];
  let sets = [{}];
  for (const name of labelNames(query)) {
    const values = valuesOf(query, name, labelValues);
    const matching = values.filter((value) => matches(query, name, value));
    sets = sets.flatMap((set) => matching.map((value) => ({ ...set, [name]: value })));
  }
  return sets.filter(
    ({ route, service, alertname, severity, owner }) =>
      (!route || !service || (SERVICE_OF_ROUTE[route] ?? "worker-api") === service) &&
      (!alertname || SEVERITY_OF_ALERT[alertname] === (severity ?? severityMatcher(query) ?? SEVERITY_OF_ALERT[alertname])) &&
      (!owner || OWNER_OF_ALERT[alertname] === owner),
  );
}

function valuesOf(query, name, labelValues) {
  if (name === "le") return [...bucketBounds(query).map(String), "+Inf"];
  if (name === "model" && query.includes("unless on (model, direction)")) return [MODEL_WITHOUT_PRICE];
  if (name === "reason" && query.includes("overflow")) return REASONS_OF_OVERFLOW;
  return labelValues[name] ?? [];
}

function labelNames(query) {
  if (isAlertQuery(query)) return ["alertname", "route"];
  if (/^(sum\(sum by|count\()/.test(query)) return [];
  const by = /\bby \(([\w, ]+)\)/.exec(query)?.[1];
  const names = by?.split(", ") ?? recordedLabels(query);
  return query.includes("histogram_quantile(") ? names.filter((name) => name !== "le") : names;
}

/** Return the labels of a recorded series, which are the first part of its name (`level:metric:operation`). */
function recordedLabels(query) {
  if (/^(round\()?(sum|count)\b/.test(query) || /1\s*-\s*\(\s*\(\s*sum\b/.test(query)) return [];
  if (query.includes("rag_cache_hit_rate")) return ["tenant_id", "route", "service"];
  const level = /([a-z_]+):[a-z_]+/.exec(query)?.[1] ?? "";
  return Object.keys(LABEL_VALUES).filter((name) => `_${level}_`.includes(`_${name}_`));
}

const isAlertQuery = (query) => /^(max_over_time\()?ALERTS/.test(query);
const severityMatcher = (query) => /severity="(\w+)"/.exec(query)?.[1];
const bucketBounds = (query) => BUCKET_BOUNDS[query.includes("rag_retrieval_count") ? "rag_retrieval_count" : "latency_ms"];
/** An annotation's query returns the first moment of an incident, which the newest moment before it is no part of. */
function hasSample(query, time, step) {
  if (!isAlertQuery(query)) return true;
  return isIncident(time) && !(query.includes("offset") && isIncident(time - step));
}
const isIncident = (time) => time % (6 * HOUR) > 3 * HOUR && time % (6 * HOUR) < 3.7 * HOUR;

function matches(query, name, value) {
  const matcher = new RegExp(`[{,]${name}(=~|=)(?:\`([^\`]*)\`|"([^"]*)")`).exec(query);
  if (!matcher) return true;
  const pattern = matcher[2] ?? matcher[3];
  return matcher[1] === "=" ? value === pattern : new RegExp(`^(?:${pattern})$`).test(value);
}

/** Return a number of the query's kind that varies with the time of day; the incident affects the route /chat. */
function valueOf(query, metric, time) {
  const seed = hashFraction(JSON.stringify({ ...metric, le: undefined }));
  const noise = 0.08 * hashFraction(`${seed}${time}`);
  const day = 1 + 0.5 * Math.sin(((time % (24 * HOUR)) / (24 * HOUR)) * 2 * Math.PI) + noise;
  const incident = isIncident(time) && (metric.route ?? "/chat") === "/chat" ? 1 : 0;
  if ("le" in metric) return Math.round(1000 * day * cumulativeFraction(metric.le, bucketBounds(query)));
  if (isLevel(query) && query.includes("heartbeat")) return 1000 * (time - 12);
  if (query.includes("ALERTS_FOR_STATE")) return 1000 * (Math.floor(time / HOUR) - Math.round(9 * seed)) * HOUR;
  const value = generatorOf(query)({ seed, day, incident });
  return isRounded(query) ? Math.round(value) : value;
}

function generatorOf(wholeQuery) {
  const query = wholeQuery.split(/\s+and on \(tenant_id\)/)[0];
  const [, constant] = /^vector\(([\d.]+)\)/.exec(query) ?? [];
  if (constant) return () => Number(constant);
  if (isAlertQuery(query)) return () => 1;
  if (query.includes("ALERTS") && query.includes("by (")) return ({ seed }) => 1 + Math.round(3 * seed);
  if (query.startsWith("count(ALERTS")) return ({ incident }) => incident + (severityMatcher(query) === "ticket" ? 2 : 1);
  if (query.startsWith("count")) return ({ incident }) => (/tenant_id\w*:requests/.test(query) ? 6 : incident + 1);
  if (query.includes("latency_ms:limit")) return latencyGenerator(query);
  if (query.includes("increase30d")) return ({ seed }) => 0.2 + 0.7 * seed;
  if (query.includes("error_share:limit") && !query.includes("errors_total")) return () => 0.05;
  if (query.startsWith("time()")) return ({ seed }) => 5 + 10 * seed;
  if (query.includes("ai_token_price")) return ({ seed, day }) => (2 + 9 * seed) * day;
  if (query.includes("tokens_per_day:limit")) return query.includes("/") ? ({ seed, day }) => seed * 0.7 * day : () => 5e6;
  if (query.includes("amount1d")) return ({ seed, day }) => 3e6 * (1 + seed) * day * 0.6;
  if (query.includes("hit")) return ({ seed }) => (query.includes("hit_rate") ? 100 : 1) * (0.4 + 0.4 * seed);
  if (/histogram_quantile|p95_5m/.test(query)) return latencyGenerator(query);
  if (/errors|rate_limited/.test(query)) return errorGenerator(query);
  if (query.includes("tokens")) return ({ seed, day }) => (query.includes("tokens_output") ? 150 : 400) * (0.3 + seed) * day;
  return ({ seed, day }) => 20 * (0.2 + seed) * day;
}

function latencyGenerator(query) {
  if (query.includes("limit") && !query.includes("quantile")) return ({ seed }) => [500, 5000, 10000][Math.floor(seed * 3)];
  if (query.includes("limit")) return ({ seed, incident }) => 0.3 + 0.4 * seed + 0.5 * incident;
  const quantile = Number(/histogram_quantile\(([\d.]+)/.exec(query)?.[1] ?? 0.95);
  return ({ seed, day, incident }) => (6 / (1 - quantile + 0.002)) * (1 + 4 * seed) * day * (1 + 2 * incident);
}

function errorGenerator(query) {
  const scale = query.includes("/") && !query.includes("/ 300") ? 1 : 5;
  return ({ seed, day, incident }) => scale * (0.002 * seed * day + 0.09 * incident * seed);
}

function cumulativeFraction(bound, bounds) {
  if (bound === "+Inf") return 1;
  return 1 / (1 + Math.exp(-1.1 * (bounds.indexOf(Number(bound)) - bounds.length / 2)));
}

/** Hash a text to a number from 0 to 1 (FNV-1a). */
function hashFraction(text) {
  let hash = 2166136261;
  for (const character of text) hash = Math.imul(hash ^ character.codePointAt(0), 16777619);
  return (hash >>> 0) / 2 ** 32;
}

function sortResult(query, result) {
  if (!/^sort/.test(query)) return result;
  const sign = query.startsWith("sort_desc") ? -1 : 1;
  return result.sort((left, right) => sign * (Number(left.value[1]) - Number(right.value[1])));
}
