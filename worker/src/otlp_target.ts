/** Where and how a shard exports: the variables of the OpenTelemetry specification (Protocol Exporter), for metrics over HTTP. */

import type { TelemetryEnv } from "./config.ts";

/** The endings of the variables of each endpoint. The first one has none. */
const SUFFIXES = ["", "_2", "_3", "_4"] as const;
export type EndpointSuffix = (typeof SUFFIXES)[number];

/** Where to export to. */
export interface OtlpTarget {
  readonly suffix: EndpointSuffix;
  readonly url: string;
  readonly headers: Headers;
  readonly timeoutMs: number;
  readonly isCompressed: boolean;
  /** Whether requests are Protocol Buffers instead of JSON. */
  readonly isProtobuf: boolean;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
}

const PATH = "/v1/metrics";
const DEFAULT_TIMEOUT_MS = 10_000;
const METRICS_ENDPOINT = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT";
const ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";
const HEADERS = "OTEL_EXPORTER_OTLP_HEADERS";
const URL_IS_GONE = `OTLP_URL is gone; set ${METRICS_ENDPOINT} to the same URL`;
const TOKEN_IS_GONE = "OTLP_TOKEN is gone; set the secret OTEL_EXPORTER_OTLP_HEADERS to Authorization=Bearer%20TOKEN";

/** Returns the number of an endpoint, as its variables end. */
export const endpointNumber = (suffix: EndpointSuffix): string => suffix.slice(1) || "1";

/** Returns the endings of the endpoints that have variables, and what is wrong with the names of others. */
export function readEndpoints(env: TelemetryEnv): { suffixes: EndpointSuffix[]; problems: string[] } {
  const names = Object.entries(env).flatMap(([name, value]) => (value ? (/^(?:OTEL_EXPORTER_OTLP|TELEMETRY_COLLECTOR)\w*?(?:_\d+)?$/.exec(name)?.[0] ?? []) : []));
  const suffixOf = (name: string): string => /_\d+$/.exec(name)?.[0] ?? "";
  const unknown = names.filter((name) => !(SUFFIXES as readonly string[]).includes(suffixOf(name)));
  return {
    suffixes: SUFFIXES.filter((suffix) => suffix === "" || names.some((name) => suffixOf(name) === suffix)),
    problems: unknown.map((name) => `${name}: no such endpoint; further ones end with _2, _3 or _4.`),
  };
}

/**
 * Returns where to export to; throws an Error that says what to change, without a value that may be secret. A further endpoint has headers of
 * its own, because those of the first may be secret, and the first one's other settings where it has none.
 */
export function readTarget(env: TelemetryEnv, suffix: EndpointSuffix = ""): OtlpTarget {
  if (env.OTLP_URL) throw new Error(URL_IS_GONE);
  if (env.OTLP_TOKEN) throw new Error(TOKEN_IS_GONE);
  const { url, credentials } = readEndpoint(env, suffix);
  const headers = readHeaders(env, suffix);
  if (credentials && !headers.has("authorization")) headers.set("authorization", `Basic ${credentials}`);
  const binding = env[`TELEMETRY_COLLECTOR${suffix}`];
  return {
    suffix,
    url,
    headers,
    timeoutMs: readTimeout(env, suffix),
    isCompressed: readChoice(env, suffix, "COMPRESSION", ["gzip", "none"]) === "gzip",
    isProtobuf: readChoice(env, suffix, "PROTOCOL", ["http/json", "http/protobuf"]) === "http/protobuf",
    fetch: binding ? (target, init) => binding.fetch(target, init) : (target, init) => fetch(target, init),
  };
}

type Setting = "HEADERS" | "TIMEOUT" | "COMPRESSION" | "PROTOCOL";

/** Returns a setting of metrics or, if there is none, of all signals; an empty one counts as not set, as the specification says. */
function read(env: TelemetryEnv, name: Setting, suffix: EndpointSuffix): string {
  return String(env[`OTEL_EXPORTER_OTLP_METRICS_${name}${suffix}`] || env[`OTEL_EXPORTER_OTLP_${name}${suffix}`] || "").trim();
}

/** Returns a setting of an endpoint; that of the first one where it has none. */
const readOrFirst = (env: TelemetryEnv, name: Setting, suffix: EndpointSuffix): string => read(env, name, suffix) || read(env, name, "");

/** Returns the URL to post to, and the user and password of the URL as Basic credentials. */
function readEndpoint(env: TelemetryEnv, suffix: EndpointSuffix): { url: string; credentials: string | undefined } {
  const own = env[`${METRICS_ENDPOINT}${suffix}`]?.trim();
  const base = env[`${ENDPOINT}${suffix}`]?.trim();
  if (!own && !base) throw new Error(`${ENDPOINT}${suffix} is not set; use the collector's URL`);
  const name = `${own ? METRICS_ENDPOINT : ENDPOINT}${suffix}`;
  const url = URL.parse((own || base)!);
  if (!url || !/^https?:$/.test(url.protocol)) throw new Error(`${name}: not a URL of http or https`);
  if (!own) url.pathname = url.pathname.replace(/\/*$/, PATH);
  const { username, password } = url;
  url.username = url.password = "";
  const isSet = username !== "" || password !== ""; // percent-encoded UTF-8: Basic credentials have its bytes
  return { url: url.href, credentials: isSet ? btoa(unescape(`${username}:${password}`)) : undefined };
}

/** Reads `name=value,name=value`, in the form of W3C Baggage: values are percent-encoded. */
function readHeaders(env: TelemetryEnv, suffix: EndpointSuffix): Headers {
  const headers = new Headers();
  for (const entry of read(env, "HEADERS", suffix).split(",")) {
    const [name = "", ...value] = entry.split("=");
    if (!entry.trim()) continue;
    try {
      if (value.length === 0) throw new TypeError("no value");
      headers.set(name.trim(), decode(value.join("=").trim()).trim()); // a token read from a file ends with a line end
    } catch {
      throw new Error(`${HEADERS}${suffix}: use name=value,name=value with percent-encoded values: a space is %20`);
    }
  }
  return headers;
}

function readTimeout(env: TelemetryEnv, suffix: EndpointSuffix): number {
  const timeoutMs = Number(readOrFirst(env, "TIMEOUT", suffix) || DEFAULT_TIMEOUT_MS);
  if (!(timeoutMs > 0)) throw new Error(`OTEL_EXPORTER_OTLP_TIMEOUT${suffix}: use milliseconds above 0`);
  return timeoutMs;
}

/** Returns one of these values, of which the first is the default. */
function readChoice(env: TelemetryEnv, suffix: EndpointSuffix, name: Setting, values: readonly [string, ...string[]]): string {
  const value = readOrFirst(env, name, suffix) || values[0];
  if (!values.includes(value)) throw new Error(`OTEL_EXPORTER_OTLP_${name}${suffix}: use ${values.join(" or ")}`);
  return value;
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
export function hintFor(status: number, { url, headers, suffix }: OtlpTarget, challenge: string): string {
  const sent = headers.get("authorization")?.split(" ")[0];
  const { host, pathname } = new URL(url);
  if (status === 401 && sent && challenge && !challenge.toLowerCase().includes(sent.toLowerCase())) {
    return `it asks for ${challenge.split(" ")[0]}, and ${sent} was sent; change ${HEADERS}${suffix}`;
  }
  if (status === 401 || status === 403) {
    if ([...headers].length > 0) return `check ${HEADERS}${suffix}; values are percent-encoded`;
    return `set ${HEADERS}${suffix}, such as Authorization=Basic%20…`;
  }
  if (status >= 300 && status < 400) {
    return `redirects are not followed; for Cloudflare Access, set ${HEADERS}${suffix} to CF-Access-Client-Id=…,CF-Access-Client-Secret=…`;
  }
  if (status === 404) {
    return `nothing accepts OTLP at ${host}${pathname}; ${PATH} is appended to ${ENDPOINT}${suffix}, and nothing to ${METRICS_ENDPOINT}${suffix}`;
  }
  if (status === 415) return `it does not take this encoding; set OTEL_EXPORTER_OTLP_PROTOCOL${suffix} to http/protobuf or http/json`;
  if (status === 429) return "if this continues, raise TELEMETRY_PUSH_MS";
  if (status === 0) return `check that it is running and that ${ENDPOINT}${suffix} points to it`;
  return "see its log";
}
