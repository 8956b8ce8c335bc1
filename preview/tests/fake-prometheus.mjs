/**
 * A Prometheus that never was: it answers the dashboards' queries with plausible, ever the same numbers. It reads a
 * query only as far as is needed to know which labels the answer has and of what kind the number is.
 */
import { createServer } from "node:http";

const KNOWN = {
  tenant_id: ["com.rainbowsmokeofficial", "com-mrrainbowsmoke", "acme", "globex", "initech", "umbrella"],
  route: ["/chat", "/search", "/ingest"],
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
  alertname: ["RouteHighErrorRate", "AICostForecast"],
  severity: ["page", "ticket"],
  owner: ["platform", "finance"],
};
const BOUNDS = {
  latency_ms: [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000],
  rag_retrieval_count: [0, 1, 2, 3, 5, 8, 13, 21, 50],
};
const SERVICE_OF = { "/chat": "worker-api", "/search": "worker-api", "/ingest": "ingest-worker" };
const SEVERITY_OF = { RouteHighErrorRate: "page", AICostForecast: "ticket" };
const OWNER_OF = { RouteHighErrorRate: "platform", AICostForecast: "finance" };
const HOUR = 3600;

/**
 * Start on loopback. `tenants` stand in for the known ones; `breaks(query)` names the queries that get an error;
 * `empty(query)` those that get nothing. Resolves to `{ url, asked, close() }`; `asked` holds every query so far.
 */
export async function fakePrometheus({ tenants, breaks = () => false, empty = () => false } = {}) {
  const known = tenants ? { ...KNOWN, tenant_id: tenants } : KNOWN;
  const asked = [];
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://fake");
    const query = searchParams.get("query");
    if (query) asked.push(query);
    const refused = query !== null && breaks(query);
    response.writeHead(refused ? 422 : 200, { "content-type": "application/json" });
    const error = { status: "error", errorType: "execution", error: "the query hit a limit of this test" };
    const data = () => (query !== null && empty(query) ? nothing(pathname) : answer(pathname, searchParams, known));
    response.end(JSON.stringify(refused ? error : { status: "success", data: data() }));
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const close = () => new Promise((done) => (server.closeAllConnections(), server.close(done)));
  return { url: `http://127.0.0.1:${server.address().port}`, asked, close };
}

const nothing = (path) => ({ resultType: path.endsWith("_range") ? "matrix" : "vector", result: [] });

function answer(path, parameters, known) {
  const label = /\/label\/(.+)\/values$/.exec(path)?.[1];
  if (label) return known[label] ?? [];
  const query = parameters.get("query");
  if (query === null) return [];
  const all = series(query, known);
  if (path.endsWith("/query")) {
    const at = Number(parameters.get("time"));
    const result = all.map((metric) => ({ metric, value: [at, String(value(query, metric, at))] }));
    return { resultType: "vector", result: ordered(query, result) };
  }
  const [start, end, step] = ["start", "end", "step"].map((name) => Number(parameters.get(name)));
  const times = Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, index) => start + index * step);
  const points = (metric) => times.filter((at) => fires(query, at)).map((at) => [at, String(value(query, metric, at))]);
  const result = all.map((metric) => ({ metric, values: points(metric) })).filter(({ values }) => values.length > 0);
  return { resultType: "matrix", result };
}

/** The label sets of the answer: every combination that is possible, less what the query's matchers shut out. */
function series(query, known) {
  let sets = [{}];
  for (const name of labelsOf(query)) {
    const values = name === "le" ? [...boundsOf(query).map(String), "+Inf"] : (known[name] ?? []);
    sets = sets.flatMap((set) => values.filter((one) => allowed(query, name, one)).map((one) => ({ ...set, [name]: one })));
  }
  return sets.filter(
    (set) =>
      (!set.route || !set.service || SERVICE_OF[set.route] === set.service) &&
      (!set.alertname || SEVERITY_OF[set.alertname] === (set.severity ?? severityOf(query) ?? SEVERITY_OF[set.alertname])) &&
      (!set.owner || OWNER_OF[set.alertname] === set.owner),
  );
}

function labelsOf(query) {
  if (ofAlerts(query)) return ["alertname", "route"];
  if (query.startsWith("sum(sum by")) return [];
  const by = /\bby \(([\w, ]+)\)/.exec(query)?.[1];
  const names = by?.split(", ") ?? prefixOf(query);
  return query.includes("histogram_quantile(") ? names.filter((name) => name !== "le") : names;
}

function prefixOf(query) {
  if (/^\W*(sum|count)\b/.test(query) || /1\s*-\s*\(\s*\(\s*sum\b/.test(query)) return [];
  if (query.includes("rag_cache_hit_rate")) return ["tenant_id", "route", "service"];
  const labels = /([a-z_]+):[a-z_]+/.exec(query)?.[1] ?? "";
  return Object.keys(KNOWN).filter((name) => `_${labels}_`.includes(`_${name}_`));
}

const ofAlerts = (query) => /^(max_over_time\()?ALERTS/.test(query);
const severityOf = (query) => /severity="(\w+)"/.exec(query)?.[1];
const boundsOf = (query) => BOUNDS[query.includes("rag_retrieval_count") ? "rag_retrieval_count" : "latency_ms"];
const fires = (query, at) => !ofAlerts(query) || inIncident(at);
const inIncident = (at) => at % (6 * HOUR) > 3 * HOUR && at % (6 * HOUR) < 3.7 * HOUR;

function allowed(query, name, one) {
  const found = new RegExp(`[{,]${name}(=~|=)(?:\`([^\`]*)\`|"([^"]*)")`).exec(query);
  if (!found) return true;
  const wanted = found[2] ?? found[3];
  return found[1] === "=" ? one === wanted : new RegExp(`^(?:${wanted})$`).test(one);
}

/** A number of the query's kind that follows the time of the day; the first tenant and /chat suffer the incident. */
function value(query, metric, at) {
  const seed = share(JSON.stringify({ ...metric, le: undefined }));
  const day = 1 + 0.5 * Math.sin(((at % (24 * HOUR)) / (24 * HOUR)) * 2 * Math.PI) + 0.08 * share(`${seed}${at}`);
  const suffers = inIncident(at) && (metric.route ?? "/chat") === "/chat" ? 1 : 0;
  if ("le" in metric) return Math.round(1000 * day * cumulative(metric.le, boundsOf(query)));
  return kindOf(query)({ seed, day, suffers, at });
}

function kindOf(whole) {
  const query = whole.split(/\s+and on \(tenant_id\)/)[0];
  if (ofAlerts(query)) return () => 1;
  if (query.includes("ALERTS") && query.includes("by (")) return ({ seed }) => 1 + Math.round(3 * seed);
  if (query.startsWith("count")) return ({ suffers }) => (query.includes("tenant_id:requests") ? 6 : suffers + 1);
  if (query.includes("latency_ms:limit")) return latencyKind(query);
  if (query.includes("increase30d")) return ({ seed }) => 0.2 + 0.7 * seed;
  if (query.includes("error_share:limit") && !query.includes("errors_total")) return () => 0.05;
  if (query.startsWith("time()")) return ({ seed }) => 5 + 10 * seed;
  if (query.includes("ai_token_price")) return ({ seed, day }) => (2 + 9 * seed) * day;
  if (query.includes("tokens_per_day:limit")) return query.includes("/") ? ({ seed, day }) => seed * 0.7 * day : () => 5e6;
  if (query.includes("increase1d")) return ({ seed, day }) => 3e6 * (1 + seed) * day * 0.6;
  if (query.includes("hit")) return ({ seed }) => (query.includes("hit_rate") ? 100 : 1) * (0.4 + 0.4 * seed);
  if (/histogram_quantile|p95_5m/.test(query)) return latencyKind(query);
  if (/errors|rate_limited/.test(query)) return errorKind(query);
  if (query.includes("tokens")) return ({ seed, day }) => (query.includes("tokens_output") ? 150 : 400) * (0.3 + seed) * day;
  return ({ seed, day }) => 20 * (0.2 + seed) * day;
}

function latencyKind(query) {
  if (query.includes("limit") && !query.includes("quantile")) return ({ seed }) => [500, 5000, 10000][Math.floor(seed * 3)];
  if (query.includes("limit")) return ({ seed, suffers }) => 0.3 + 0.4 * seed + 0.5 * suffers;
  const quantile = Number(/histogram_quantile\(([\d.]+)/.exec(query)?.[1] ?? 0.95);
  return ({ seed, day, suffers }) => (6 / (1 - quantile + 0.002)) * (1 + 4 * seed) * day * (1 + 2 * suffers);
}

function errorKind(query) {
  const scale = query.includes("/") && !query.includes("/ 300") ? 1 : 5;
  return ({ seed, day, suffers }) => scale * (0.002 * seed * day + 0.09 * suffers * seed);
}

function cumulative(bound, bounds) {
  if (bound === "+Inf") return 1;
  return 1 / (1 + Math.exp(-1.1 * (bounds.indexOf(Number(bound)) - bounds.length / 2)));
}

/** A number from 0 to 1 that a text always has (FNV-1a). */
function share(text) {
  let hash = 2166136261;
  for (const sign of text) hash = Math.imul(hash ^ sign.codePointAt(0), 16777619);
  return (hash >>> 0) / 2 ** 32;
}

function ordered(query, result) {
  if (!/^sort/.test(query)) return result;
  const turn = query.startsWith("sort_desc") ? -1 : 1;
  return result.sort((one, other) => turn * (Number(one.value[1]) - Number(other.value[1])));
}
