/** Where and how a shard exports: the variables of the OpenTelemetry specification (Protocol Exporter), for metrics over HTTP. */

import type { TelemetryEnv } from "./config.ts";

/** Where to export to. */
export interface OtlpTarget {
  readonly url: string;
  readonly headers: Headers;
  readonly timeoutMs: number;
  readonly isCompressed: boolean;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
}

const PATH = "/v1/metrics";
const DEFAULT_TIMEOUT_MS = 10_000;
const METRICS_ENDPOINT = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT";
const NOT_SET = "OTEL_EXPORTER_OTLP_ENDPOINT is not set; use the collector's URL";
const URL_IS_GONE = `OTLP_URL is gone; set ${METRICS_ENDPOINT} to the same URL`;
const TOKEN_IS_GONE = "OTLP_TOKEN is gone; set the secret OTEL_EXPORTER_OTLP_HEADERS to Authorization=Bearer%20TOKEN";

/** Returns where to export to; throws an Error that says what to change, without a value that may be secret. */
export function readTarget(env: TelemetryEnv): OtlpTarget {
  if (env.OTLP_URL) throw new Error(URL_IS_GONE);
  if (env.OTLP_TOKEN) throw new Error(TOKEN_IS_GONE);
  const { url, credentials } = readEndpoint(env);
  const headers = readHeaders(env);
  if (credentials && !headers.has("authorization")) headers.set("authorization", `Basic ${credentials}`);
  const { TELEMETRY_COLLECTOR: binding } = env;
  return {
    url,
    headers,
    timeoutMs: readTimeout(env),
    isCompressed: readCompression(env) !== "none",
    fetch: binding ? (target, init) => binding.fetch(target, init) : (target, init) => fetch(target, init),
  };
}

/** Returns a setting of metrics or, if there is none, of all signals; an empty one counts as not set, as the specification says. */
function read(env: TelemetryEnv, name: "HEADERS" | "TIMEOUT" | "COMPRESSION" | "PROTOCOL"): string {
  return String(env[`OTEL_EXPORTER_OTLP_METRICS_${name}`] || env[`OTEL_EXPORTER_OTLP_${name}`] || "").trim();
}

/** Returns the URL to post to, and the user and password of the URL as Basic credentials. */
function readEndpoint(env: TelemetryEnv): { url: string; credentials: string | undefined } {
  const own = env[METRICS_ENDPOINT]?.trim();
  const base = env.OTEL_EXPORTER_OTLP_ENDPOINT?.trim();
  if (!own && !base) throw new Error(NOT_SET);
  const name = own ? METRICS_ENDPOINT : "OTEL_EXPORTER_OTLP_ENDPOINT";
  const url = URL.parse((own || base)!);
  if (!url || !/^https?:$/.test(url.protocol)) throw new Error(`${name}: not a URL of http or https`);
  const protocol = read(env, "PROTOCOL");
  if (protocol && protocol !== "http/json") throw new Error("OTEL_EXPORTER_OTLP_PROTOCOL: use http/json");
  if (!own) url.pathname = url.pathname.replace(/\/*$/, PATH);
  const { username, password } = url;
  url.username = url.password = "";
  const isSet = username !== "" || password !== ""; // percent-encoded UTF-8: Basic credentials have its bytes
  return { url: url.href, credentials: isSet ? btoa(unescape(`${username}:${password}`)) : undefined };
}

/** Reads `name=value,name=value`, in the form of W3C Baggage: values are percent-encoded. */
function readHeaders(env: TelemetryEnv): Headers {
  const headers = new Headers();
  for (const entry of read(env, "HEADERS").split(",")) {
    const [name = "", ...value] = entry.split("=");
    if (!entry.trim()) continue;
    try {
      if (value.length === 0) throw new TypeError("no value");
      headers.set(name.trim(), decode(value.join("=").trim()).trim()); // a token read from a file ends with a line end
    } catch {
      throw new Error("OTEL_EXPORTER_OTLP_HEADERS: use name=value,name=value with percent-encoded values: a space is %20");
    }
  }
  return headers;
}

function readTimeout(env: TelemetryEnv): number {
  const timeoutMs = Number(read(env, "TIMEOUT") || DEFAULT_TIMEOUT_MS);
  if (!(timeoutMs > 0)) throw new Error("OTEL_EXPORTER_OTLP_TIMEOUT: use milliseconds above 0");
  return timeoutMs;
}

function readCompression(env: TelemetryEnv): string {
  const compression = read(env, "COMPRESSION") || "gzip";
  if (compression !== "gzip" && compression !== "none") throw new Error("OTEL_EXPORTER_OTLP_COMPRESSION: use gzip or none");
  return compression;
}

/** Returns a percent-encoded text; one that is not is returned as it is. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Returns what to do about a status that a collector responded with; 0 if there was no response. */
export function hintFor(status: number, { url, headers }: OtlpTarget, challenge: string): string {
  const sent = headers.get("authorization")?.split(" ")[0];
  const { host, pathname } = new URL(url);
  if (status === 401 && sent && challenge && !challenge.toLowerCase().includes(sent.toLowerCase())) {
    return `it asks for ${challenge.split(" ")[0]}, and ${sent} was sent; change OTEL_EXPORTER_OTLP_HEADERS`;
  }
  if (status === 401 || status === 403) return [...headers].length > 0 ? CHECK_CREDENTIALS : SET_CREDENTIALS;
  if (status >= 300 && status < 400) return LOGIN;
  if (status === 404) return `nothing accepts OTLP at ${host}${pathname}; ${CHECK_PATH}`;
  if (status === 429) return "if this continues, raise TELEMETRY_PUSH_MS";
  if (status === 0) return "check that it is running and that OTEL_EXPORTER_OTLP_ENDPOINT points to it";
  return "see its log";
}

const CHECK_CREDENTIALS = "check OTEL_EXPORTER_OTLP_HEADERS; values are percent-encoded";
const SET_CREDENTIALS = "set OTEL_EXPORTER_OTLP_HEADERS, such as Authorization=Basic%20…";
const LOGIN =
  "redirects are not followed; for Cloudflare Access, set OTEL_EXPORTER_OTLP_HEADERS to CF-Access-Client-Id=…,CF-Access-Client-Secret=…";
const CHECK_PATH = `${PATH} is appended to OTEL_EXPORTER_OTLP_ENDPOINT, and nothing to ${METRICS_ENDPOINT}`;
